namespace HeteroAgent;

/// <summary>Finds the quantities of a text and the words around each.</summary>
internal static class WordedQuantityReader
{
    private const int Window = 5;
    private const int Most = 24;

    public static List<WordedQuantity> Read(List<MathToken> tokens, int step)
    {
        var found = new List<WordedQuantity>();
        int sentence = 0, start = 0;
        for (int i = 0; i <= tokens.Count && found.Count < Most; i++)
        {
            if (i < tokens.Count && !(tokens[i].Kind == TokenKind.Break && tokens[i].Text is "." or "?" or "!" or ";" or "\n"))
            {
                continue;
            }

            ReadSentence(tokens, start, i, step, sentence++, found);
            start = i + 1;
        }

        return found;
    }

    /// <summary>The words of a stretch of tokens around a place, none of them across its ends.</summary>
    public static List<string> WordsAround(List<MathToken> tokens, int start, int end, int place)
    {
        var words = new List<string>(2 * Window);
        for (int i = place - 1, n = 0; i >= start && n < Window; i--)
        {
            if (tokens[i].Kind == TokenKind.Word)
            {
                words.Add("<" + tokens[i].Text);
                n++;
            }
        }

        for (int i = place + 1, n = 0; i < end && n < Window; i++)
        {
            if (tokens[i].Kind == TokenKind.Word)
            {
                words.Add(">" + tokens[i].Text);
                n++;
            }
        }

        return words;
    }

    public static string UnitAfter(List<MathToken> tokens, int place, int end)
    {
        if (tokens[place].IsCurrency)
        {
            return "$";
        }

        for (int i = place + 1; i < end && i < place + 3; i++)
        {
            if (tokens[i].Kind == TokenKind.Percent)
            {
                return "%";
            }

            if (tokens[i].Kind != TokenKind.Word)
            {
                return string.Empty;
            }

            if (!IsFunctionWord(tokens[i].Text))
            {
                return Stem(tokens[i].Text);
            }
        }

        return string.Empty;
    }

    public static string Stem(string word) => word.Length > 3 && word[^1] == 's' && word[^2] != 's' ? word[..^1] : word;

    private static bool IsFunctionWord(string word) => word is "of" or "the" or "a" or "an" or "more" or "less" or "fewer" or "other" or "new";

    private static void ReadSentence(List<MathToken> tokens, int start, int end, int step, int sentence, List<WordedQuantity> found)
    {
        for (int i = start; i < end && found.Count < Most; i++)
        {
            Rational? value = tokens[i].Kind switch
            {
                TokenKind.Number => tokens[i].Value,
                TokenKind.Word => Named(tokens[i].Text),
                _ => null,
            };

            // 2/5 is one quantity.
            if (value is { } v && i + 2 < end && tokens[i + 1].Kind == TokenKind.Operator && tokens[i + 1].Text == "/" && tokens[i + 2].Kind == TokenKind.Number && Rational.Divide(v, tokens[i + 2].Value) is { } fraction)
            {
                found.Add(new WordedQuantity(fraction, step, sentence, UnitAfter(tokens, i + 2, end), WordsAround(tokens, start, end, i)));
                i += 2;
            }
            else if (value is { } single)
            {
                found.Add(new WordedQuantity(single, step, sentence, UnitAfter(tokens, i, end), WordsAround(tokens, start, end, i)));
            }
        }
    }

    private static Rational? Named(string word)
    {
        int whole = word switch
        {
            "two" or "twice" or "double" or "doubled" => 2,
            "three" or "thrice" or "triple" => 3,
            "four" => 4,
            "five" => 5,
            "six" => 6,
            "seven" => 7,
            "eight" => 8,
            "nine" => 9,
            "ten" => 10,
            "eleven" => 11,
            "twelve" or "dozen" => 12,
            "twenty" => 20,
            "thirty" => 30,
            "forty" => 40,
            "fifty" => 50,
            "hundred" => 100,
            _ => 0,
        };
        int part = word switch { "half" => 2, "third" => 3, "quarter" => 4, _ => 0 };
        return whole > 0 ? Rational.Whole(whole) : part > 0 ? Rational.Create(1, part) : null;
    }
}
