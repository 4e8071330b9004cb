namespace HeteroAgent;

/// <summary>Reads the words of arithmetic as signs: <c>5 times 3 equals 15</c>, <c>20% of 50</c>, <c>3 million</c>; drops the brackets of <c>24 miles (running)</c> and the dash of a list.</summary>
internal static class TokenRewriter
{
    private const int MostBracketedWords = 5;

    public static List<MathToken> Rewrite(List<MathToken> tokens)
    {
        var output = new List<MathToken>(tokens.Count);
        for (int i = 0; i < tokens.Count; i++)
        {
            MathToken token = tokens[i];
            MathToken next = i + 1 < tokens.Count ? tokens[i + 1] : default;
            if (token.Kind == TokenKind.Word)
            {
                i += Word(tokens, i, token, next, output);
            }
            else if (token.Kind == TokenKind.Open && WordsInBrackets(tokens, i) is > 0 and int count)
            {
                output.AddRange(tokens.GetRange(i + 1, count));
                i += count + 1;
            }
            else if (token.Kind == TokenKind.Operator && next.SpaceBefore && token.Text != "/" && (output.Count == 0 || (output[^1].Kind == TokenKind.Break && output[^1].Text == "\n")))
            {
                output.Add(token with { Kind = TokenKind.Break, Text = "\n" });
            }
            else
            {
                output.Add(token);
            }
        }

        return output;
    }

    // Returns how many further tokens were read.
    private static int Word(List<MathToken> tokens, int i, MathToken token, MathToken next, List<MathToken> output)
    {
        TokenKind before = output.Count > 0 ? output[^1].Kind : TokenKind.Break;
        bool afterOperand = before is TokenKind.Number or TokenKind.Close or TokenKind.Percent or TokenKind.Word;
        MathToken second = i + 2 < tokens.Count ? tokens[i + 2] : default;
        switch (token.Text)
        {
            case "times" or "plus" or "minus" when afterOperand && IsOperand(next):
                output.Add(token with { Kind = TokenKind.Operator, Text = token.Text == "times" ? "*" : token.Text == "plus" ? "+" : "-" });
                return 0;
            case "divided" or "multiplied" when afterOperand && next.Text == "by" && IsOperand(second):
                output.Add(token with { Kind = TokenKind.Operator, Text = token.Text == "divided" ? "/" : "*" });
                return 1;
            case "of" when IsOperand(next) && IsFraction(output):
                output.Add(token with { Kind = TokenKind.Operator, Text = "*" });
                return 0;
            case "equals":
                output.Add(token with { Kind = TokenKind.Equals, Text = "=" });
                return 0;
            case "is" when next.Text == "equal" && second.Text == "to":
                output.Add(token with { Kind = TokenKind.Equals, Text = "=" });
                return 2;
            default:
                if (before == TokenKind.Number && MathWords.Multiplier(token.Text) is > 0 and int factor
                    && Rational.Multiply(output[^1].Value, Rational.Whole(factor)) is { } value)
                {
                    output[^1] = output[^1] with { Value = value, Decimals = 0, IsWord = true };
                }
                else
                {
                    output.Add(token);
                }

                return 0;
        }
    }

    private static bool IsOperand(MathToken token) => token.Kind is TokenKind.Number or TokenKind.Open;

    private static bool IsFraction(List<MathToken> output) => output.Count > 0
        && (output[^1].Kind is TokenKind.Percent or TokenKind.Close
            || (output[^1].Kind == TokenKind.Number && ((output.Count > 1 && output[^2].Text == "/") || !output[^1].Value.IsInteger)));

    private static int WordsInBrackets(List<MathToken> tokens, int open)
    {
        // A function has its bracket against its name.
        if (open == 0 || (!tokens[open].SpaceBefore && tokens[open - 1].Kind == TokenKind.Word) || tokens[open - 1].Text == "sqrt")
        {
            return 0;
        }

        int i = open + 1;
        while (i < tokens.Count && i - open <= MostBracketedWords && tokens[i].Kind == TokenKind.Word && tokens[i].Length > 1)
        {
            i++;
        }

        return i < tokens.Count && tokens[i].Kind == TokenKind.Close ? i - open - 1 : 0;
    }
}
