namespace HeteroAgent;

/// <summary>Finds the binary operations between plain numbers that stand before an equals sign: 33 classes * 15 students = 495.</summary>
internal static class OperationReader
{
    private const int Most = 12;

    public static List<Operation> Read(List<MathToken> tokens)
    {
        var found = new List<Operation>();
        for (int i = 0; i < tokens.Count && found.Count < Most; i++)
        {
            if (tokens[i].Kind is TokenKind.Equals or TokenKind.Approximately)
            {
                ReadBefore(tokens, i, found);
            }
        }

        return found;
    }

    private static void ReadBefore(List<MathToken> tokens, int equals, List<Operation> found)
    {
        // From right to left: operand, sign, operand …, with unit words and brackets in between.
        var operands = new List<int>();
        var signs = new List<char>();
        int i = equals - 1, words = 0;
        bool wantsOperand = true;
        for (; i >= 0 && operands.Count < 6; i--)
        {
            MathToken token = tokens[i];
            if (token.Kind == TokenKind.Word && wantsOperand && words < 4)
            {
                words++;
            }
            else if (token.Kind is TokenKind.Open or TokenKind.Close or TokenKind.Percent)
            {
            }
            else if (token.Kind == TokenKind.Number && wantsOperand)
            {
                operands.Add(i);
                wantsOperand = false;
                words = 0;
            }
            else if (token.Kind == TokenKind.Operator && !wantsOperand && token.Text is "+" or "-" or "*" or "/")
            {
                // A fraction with two small numbers next to each other, 1/3 * 18, is one operand.
                signs.Add(token.Text[0]);
                wantsOperand = true;
            }
            else if (token.Kind == TokenKind.Operator && wantsOperand && token.Text == "/" && words > 0)
            {
                words = 0; // students/class
            }
            else
            {
                break;
            }
        }

        if (operands.Count < 2)
        {
            return;
        }

        int result = ResultAfter(tokens, equals);
        for (int k = operands.Count - 2; k >= 0 && k < signs.Count; k--)
        {
            found.Add(new Operation(
                Value(tokens, operands[k + 1]), signs[k], Value(tokens, operands[k]),
                result >= 0 ? tokens[result].Value : null, result, operands[k + 1]));
        }
    }

    private static Rational Value(List<MathToken> tokens, int at) =>
        at + 1 < tokens.Count && tokens[at + 1].Kind == TokenKind.Percent && Rational.Divide(tokens[at].Value, Rational.Whole(100)) is { } share ? share : tokens[at].Value;

    private static int ResultAfter(List<MathToken> tokens, int equals)
    {
        for (int i = equals + 1; i < tokens.Count && i < equals + 3; i++)
        {
            if (tokens[i].Kind == TokenKind.Number)
            {
                return i;
            }
        }

        return -1;
    }
}
