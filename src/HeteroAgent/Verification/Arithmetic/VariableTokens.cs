namespace HeteroAgent;

/// <summary>Puts numbers in the place of variables, so that a simplification can be checked at a point: <c>2x(x + y)</c> becomes <c>2 * 5 * (5 + 7)</c>.</summary>
internal static class VariableTokens
{
    private const string Functions = "fghpqPQ";

    /// <summary>The tokens at one sample point, or <see langword="null"/> where a letter cannot be a plain variable.</summary>
    public static List<MathToken> At(string text, List<MathToken> tokens, int sample)
    {
        List<MathToken> output = new(tokens.Count + 16);
        for (int i = 0; i < tokens.Count; i++)
        {
            MathToken token = tokens[i];
            bool open = i + 1 < tokens.Count && tokens[i + 1].Kind == TokenKind.Open && !tokens[i + 1].SpaceBefore;
            if (token.Kind != TokenKind.Word || token.Length > 2 || !MathWords.IsVariable(token.Text) || IsArticle(tokens, i))
            {
                // 2rst is a product of three: more than is read here.
                if (token.Kind == TokenKind.Word && token.Length <= 4 && !token.SpaceBefore && i > 0 && tokens[i - 1].Kind == TokenKind.Number)
                {
                    output.Add(token with { Kind = TokenKind.Opaque });
                    continue;
                }

                // 2x and (x + 1)2: a product without a sign, seen from the second factor.
                if (token.Kind is TokenKind.Number or TokenKind.Open && output.Count > 0 && output[^1].Variables.Length > 0 && !token.SpaceBefore)
                {
                    output.Add(Times(token));
                }

                output.Add(token);
                continue;
            }

            // f(x) is no product, and i is no real number.
            if (token.Text.Contains('i', StringComparison.Ordinal) || text[token.Start] == 'e' || (open && Functions.Contains(text[token.Start], StringComparison.Ordinal)))
            {
                output.Add(token with { Kind = TokenKind.Opaque });
                continue;
            }

            if (output.Count > 0 && output[^1].Kind is TokenKind.Number or TokenKind.Close)
            {
                output.Add(Times(token));
            }

            for (int part = 0; part < token.Length; part++)
            {
                if (part > 0)
                {
                    output.Add(Times(token));
                }

                char letter = text[token.Start + part];
                output.Add(new MathToken(TokenKind.Number, token.Start + part, 1) { Value = Rational.Whole(Value(letter, sample)), Variables = letter.ToString(), SpaceBefore = part == 0 && token.SpaceBefore });
            }
        }

        return output;
    }

    private static int Value(char letter, int sample) => sample switch { 0 => (letter % 13) + 2, 1 => ((letter * 7) % 17) + 3, _ => -((letter * 5) % 11) - 2 };

    private static MathToken Times(MathToken next) => new(TokenKind.Operator, next.Start, 0) { Text = "*" };

    // "a" between words is no variable.
    private static bool IsArticle(List<MathToken> tokens, int i) => tokens[i].Text is "a"
        && i + 1 < tokens.Count && tokens[i + 1].Kind is TokenKind.Word && (i == 0 || tokens[i - 1].Kind is TokenKind.Word or TokenKind.Break);
}
