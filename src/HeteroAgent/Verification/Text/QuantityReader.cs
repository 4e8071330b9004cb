namespace HeteroAgent;

/// <summary>Reads the numbers of a text from its tokens, number words included; the numbers of lists and steps are left out.</summary>
internal static class QuantityReader
{
    private const int Reach = 5;
    private static readonly Rational Half = Rational.Create(1, 2)!.Value;

    public static List<Quantity> Read(List<MathToken> tokens)
    {
        List<Quantity> quantities = [];
        for (int i = 0; i < tokens.Count; i++)
        {
            MathToken token = tokens[i];
            if (token.Kind == TokenKind.Number && !IsLabel(tokens, i))
            {
                quantities.Add(At(tokens, i, token.Value, false));
            }
            else if (token.Kind == TokenKind.Word && FromWord(token.Text) is { } value)
            {
                quantities.Add(At(tokens, i, value, true));
            }
        }

        return quantities;
    }

    /// <summary>The value of a number word, or none.</summary>
    public static Rational? FromWord(string word) => word switch
    {
        "one" or "single" or "once" => Rational.Whole(1),
        "two" or "twice" or "double" or "doubled" or "doubles" or "pair" or "couple" or "both" => Rational.Whole(2),
        "three" or "triple" or "tripled" or "triples" or "thrice" => Rational.Whole(3),
        "four" or "quadruple" => Rational.Whole(4),
        "five" => Rational.Whole(5),
        "six" => Rational.Whole(6),
        "seven" => Rational.Whole(7),
        "eight" => Rational.Whole(8),
        "nine" => Rational.Whole(9),
        "ten" => Rational.Whole(10),
        "eleven" => Rational.Whole(11),
        "twelve" or "dozen" => Rational.Whole(12),
        "thirteen" => Rational.Whole(13),
        "fourteen" => Rational.Whole(14),
        "fifteen" => Rational.Whole(15),
        "sixteen" => Rational.Whole(16),
        "eighteen" => Rational.Whole(18),
        "twenty" => Rational.Whole(20),
        "thirty" => Rational.Whole(30),
        "forty" => Rational.Whole(40),
        "fifty" => Rational.Whole(50),
        "sixty" => Rational.Whole(60),
        "hundred" => Rational.Whole(100),
        "thousand" => Rational.Whole(1000),
        "half" or "halves" or "halved" => Half,
        "third" or "thirds" => Rational.Create(1, 3),
        "quarter" or "quarters" or "fourth" or "fourths" => Rational.Create(1, 4),
        "fifth" or "fifths" => Rational.Create(1, 5),
        _ => null,
    };

    private static Quantity At(List<MathToken> tokens, int i, Rational value, bool word)
    {
        string unit = string.Empty;
        List<string> context = [];
        for (int j = i + 1; j < tokens.Count && j <= i + Reach && !IsEnd(tokens[j]); j++)
        {
            if (tokens[j].Kind == TokenKind.Word && StopWords.IsContent(tokens[j].Text))
            {
                string stem = StopWords.Stem(tokens[j].Text);
                unit = unit.Length == 0 ? stem : unit;
                context.Add(stem);
            }
            else if (tokens[j].Kind == TokenKind.Number && unit.Length == 0)
            {
                unit = " ";
            }
        }

        for (int j = i - 1; j >= 0 && j >= i - Reach && !IsEnd(tokens[j]); j--)
        {
            if (tokens[j].Kind == TokenKind.Word && StopWords.IsContent(tokens[j].Text))
            {
                context.Add(StopWords.Stem(tokens[j].Text));
            }
        }

        return new Quantity(value, unit.Trim(), context)
        {
            IsPercent = i + 1 < tokens.Count && (tokens[i + 1].Kind == TokenKind.Percent || tokens[i + 1].Text is "percent"),
            IsCurrency = tokens[i].IsCurrency,
            IsWord = word,
            IsResult = i > 0 && tokens[i - 1].Kind is TokenKind.Equals or TokenKind.Approximately,
        };
    }

    private static bool IsEnd(MathToken token) => token.Kind == TokenKind.Break && token.Text is "." or "?" or "\n" or "!" or ";";

    // "Step 3", "3." and "3)" at the beginning of a line.
    private static bool IsLabel(List<MathToken> tokens, int i)
    {
        if (i > 0 && tokens[i - 1].Text is "step" or "case" or "equation" or "method" or "part" or "option")
        {
            return true;
        }

        bool starts = i == 0 || (tokens[i - 1].Kind == TokenKind.Break && tokens[i - 1].Text is "\n" or " ");
        bool ends = i + 1 < tokens.Count && (tokens[i + 1].Kind == TokenKind.Close || (tokens[i + 1].Kind == TokenKind.Break && tokens[i + 1].Text is "." or ":"));
        return starts && ends && tokens[i].Value.IsInteger && i + 2 < tokens.Count;
    }
}
