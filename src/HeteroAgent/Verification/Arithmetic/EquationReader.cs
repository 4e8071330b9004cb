namespace HeteroAgent;

/// <summary>Finds the equations between numbers in a text and checks them exactly. What cannot be read with certainty is left out.</summary>
internal static class EquationReader
{
    public static IReadOnlyList<Equation> Read(string text)
    {
        string normal = MathText.Normalize(text);
        return Read(normal, MathTokenizer.Read(normal));
    }

    /// <summary>Reads from a text that was normalised and cut into tokens.</summary>
    public static IReadOnlyList<Equation> Read(string normal, List<MathToken> raw)
    {
        if (!raw.Exists(static t => t.Kind is TokenKind.Equals or TokenKind.Approximately || (t.Kind == TokenKind.Word && t.Text is "equals" or "is")))
        {
            return [];
        }

        return Find(normal, TokenRewriter.Rewrite(raw));
    }

    /// <summary>Reads from tokens in which the words of arithmetic are signs.</summary>
    public static IReadOnlyList<Equation> Find(string normal, List<MathToken> tokens)
    {
        ExpressionReader reader = new(normal, tokens);
        List<Equation> equations = [];
        for (int i = 0; i < tokens.Count; i++)
        {
            MathToken token = tokens[i];
            bool spoken = token.Kind == TokenKind.Word && token.Text == "is" && i > 0 && i + 1 < tokens.Count && tokens[i - 1].Kind != TokenKind.Break && tokens[i + 1].Kind != TokenKind.Break;
            if (token.Kind is not (TokenKind.Equals or TokenKind.Approximately) && !spoken)
            {
                continue;
            }

            // >= and != are no equations; == is one.
            if (i > 0 && tokens[i - 1].Kind == TokenKind.Opaque && tokens[i - 1].Start + tokens[i - 1].Length == token.Start)
            {
                continue;
            }

            if (reader.Before(i) is not { } left || (spoken && (left.Operators.AsSpan().IndexOfAny("+-*^") < 0 || left.Units.Count > 0)) || reader.After(i + 1) is not { } right || (spoken && right.HasOperator))
            {
                continue;
            }

            if (!left.HasOperator && !right.HasOperator)
            {
                continue;
            }

            // 1 hour = 60 * 60 seconds defines a unit.
            if (!left.HasOperator && (left.Units.Count > 0 || left.HasCurrency || left.HasPercent))
            {
                continue;
            }

            Equation equation = EquationJudge.Judge(left, right, token.Kind == TokenKind.Approximately);

            // 3 * 4 = 12 + 5 = 17 runs on: each sign holds for what was reached so far.
            if (equation.Status == EquationStatus.Wrong && right.Operands.Count > 1 && right.Operands[0].Equals(left.Value))
            {
                continue;
            }

            equations.Add(equation with { Position = i });
        }

        return equations;
    }
}
