namespace HeteroAgent;

/// <summary>The quantities of a question with the words around them, and what it asks for.</summary>
internal sealed class QuestionContext
{
    private const int Before = 40;
    private const int After = 45;
    private static readonly char[] Separators = [' ', ',', '.', '?', '$', '%', '!', '"', '(', ')', '\n'];

    internal QuestionContext(AnswerText text)
    {
        string question = text.Question;
        List<ChainOperand> quantities = [];
        foreach (TextNumber number in text.QuestionNumbers)
        {
            quantities.Add(new ChainOperand("q", Around(question, number), number.IsPercent ? number.Value / 100 : number.Value, quantities.Count));
        }

        foreach ((string word, int at) in WordsAt(question))
        {
            foreach (double value in TextNumber.FindWords([word]))
            {
                string[] around = [.. Around(question, new TextNumber(value, at, at + word.Length, false)), "w:" + word.ToLowerInvariant()];
                quantities.Add(new ChainOperand("w", around, value, quantities.Count));
            }
        }

        Quantities = quantities;
        Goal = text.QuestionSentences.Length == 0 ? [] : [.. AnswerText.WordsOf(text.QuestionSentences[^1]).Where(w => !ChainFeatures.IsStopWord(w))];
        Words = [.. text.QuestionWords.Where(w => !ChainFeatures.IsStopWord(w)).Distinct()];
    }

    internal IReadOnlyList<ChainOperand> Quantities { get; }

    internal string[] Goal { get; }

    internal string[] Words { get; }

    private static string[] Around(string question, TextNumber number)
    {
        List<string> around = [];
        if (number.Start > 0 && question[number.Start - 1] == '$')
        {
            around.Add("$");
        }

        if (number.IsPercent)
        {
            around.Add("%");
        }

        string[] before = Split(question[Math.Max(0, number.Start - Before)..number.Start]);
        string[] after = Split(question[number.End..Math.Min(question.Length, number.End + After)]);
        around.AddRange(before.Reverse().Take(3).Select(w => "b:" + w));
        around.AddRange(after.Take(4).Select((w, i) => (i == 0 ? "n:" : "a:") + w));
        return [.. around];
    }

    private static string[] Split(string text) => text.ToLowerInvariant().Split(Separators, StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<(string Word, int At)> WordsAt(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiLetter(text[i]))
            {
                continue;
            }

            int start = i;
            while (i < text.Length && char.IsAsciiLetter(text[i]))
            {
                i++;
            }

            yield return (text[start..i], start);
        }
    }
}
