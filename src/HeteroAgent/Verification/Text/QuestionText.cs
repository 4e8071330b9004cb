namespace HeteroAgent;

/// <summary>What is asked for, and the sentences that tell the story.</summary>
internal sealed class QuestionText
{
    // Every step is compared with every sentence.
    private const int MostSentences = 100;

    public QuestionText(TextView view)
    {
        foreach (MathToken token in view.Tokens)
        {
            if (token.Kind == TokenKind.Word && token.Length == 1)
            {
                _ = Letters.Add(token.Text);
            }
        }

        View = view;
        Keys = OperationKeys.Of(view.Words);
        string asked = string.Empty;
        int start = 0;
        for (int i = 0; i < view.Raw.Length; i++)
        {
            char c = view.Raw[i];
            bool end = c is '?' or '\n' or '!' || (c == '.' && (i + 1 == view.Raw.Length || char.IsWhiteSpace(view.Raw[i + 1])));
            if (!end && i + 1 < view.Raw.Length)
            {
                continue;
            }

            string sentence = view.Raw[start..(i + 1)];
            start = i + 1;
            List<string> words = Words.Read(sentence);
            if (words.Count == 0)
            {
                continue;
            }

            if (Sentences.Count < MostSentences)
            {
                Sentences.Add(new Sentence(words));
            }

            asked = c == '?' || words.Contains("find") || words.Contains("how") || words.Contains("determine") ? sentence : asked;
        }

        List<string> askedWords = Words.Read(asked);
        foreach (string word in askedWords)
        {
            if (StopWords.IsContent(word))
            {
                _ = Asked.Add(StopWords.Stem(word));
            }
        }

        int how = askedWords.IndexOf("how");
        if (how >= 0 && how + 2 < askedWords.Count && askedWords[how + 1] is "many" or "much")
        {
            IsCount = askedWords[how + 1] == "many";
            string noun = askedWords.Skip(how + 2).FirstOrDefault(StopWords.IsContent) ?? string.Empty;
            Noun = StopWords.Stem(noun);
        }

        AsksDifference = askedWords.Contains("more") || askedWords.Contains("fewer") || askedWords.Contains("less") || askedWords.Contains("difference");
        AsksTotal = askedWords.Contains("total") || askedWords.Contains("altogether") || askedWords.Contains("all") || askedWords.Contains("together");
        AsksLeft = askedWords.Contains("left") || askedWords.Contains("remain") || askedWords.Contains("remaining");
        AsksPercent = askedWords.Contains("percent") || askedWords.Contains("percentage");
        AsksEach = askedWords.Contains("each") || askedWords.Contains("per") || askedWords.Contains("average");
        foreach (Quantity quantity in view.Quantities)
        {
            if (!quantity.IsWord || (quantity.Value.CompareTo(Rational.Whole(1)) != 0))
            {
                _ = Numbers.Add(quantity.Value);
            }

            double size = Math.Abs(quantity.Value.ToDouble());
            Largest = Math.Max(Largest, size);
        }
    }

    public TextView View { get; }

    /// <summary>The single letters, which are its variables.</summary>
    public HashSet<string> Letters { get; } = [];

    public OperationKeys Keys { get; }

    public List<Sentence> Sentences { get; } = [];

    /// <summary>The stems of the words of content in the sentence that asks.</summary>
    public HashSet<string> Asked { get; } = [];

    /// <summary>The thing asked for by "how many" or "how much", or an empty text.</summary>
    public string Noun { get; } = string.Empty;

    /// <summary>Whether things are counted, so that the answer is a whole number.</summary>
    public bool IsCount { get; }

    public bool AsksDifference { get; }

    public bool AsksTotal { get; }

    public bool AsksLeft { get; }

    public bool AsksPercent { get; }

    public bool AsksEach { get; }

    /// <summary>The numbers of the question, number words included, without "one".</summary>
    public HashSet<Rational> Numbers { get; } = [];

    /// <summary>The largest number, or 0.</summary>
    public double Largest { get; }

    /// <summary>The sentence that shares most words with a step, or none.</summary>
    public Sentence? Closest(HashSet<string> content)
    {
        Sentence? best = null;
        int most = 0;
        foreach (Sentence sentence in Sentences)
        {
            int shared = Overlap.Shared(sentence.Content, content);
            if (shared > most)
            {
                (best, most) = (sentence, shared);
            }
        }

        return best;
    }
}
