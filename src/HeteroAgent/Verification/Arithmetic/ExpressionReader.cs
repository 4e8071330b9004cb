using System.Text;

namespace HeteroAgent;

/// <summary>Finds the longest expression that ends before, or begins after, a sign of equality, and gives up where anything beside it could change its value.</summary>
internal sealed class ExpressionReader(string text, List<MathToken> tokens)
{
    private const int MostTokens = 400;
    private const int MostWords = 4;

    /// <summary>The expression whose last token stands before <paramref name="end"/>.</summary>
    public Expression? Before(int end)
    {
        int i = end - 1, words = 0, start = -1, floor = Math.Max(0, end - MostTokens);
        while (i >= floor && tokens[i].Kind == TokenKind.Break && tokens[i].Text is " " or "\n" or ";")
        {
            i--;
        }

        int stop = i + 1;
        bool needed = true;
        for (; i >= floor; i--)
        {
            MathToken token = tokens[i];
            if (needed)
            {
                switch (token.Kind)
                {
                    case TokenKind.Word when !IsVariable(token) && !MathWords.IsClause(token.Text) && !MathWords.Blocks(token.Text) && ++words <= MostWords:
                    case TokenKind.Word when token.Text == "per" && ++words <= MostWords:
                    case TokenKind.Percent when words == 0:
                    case TokenKind.Operator when (words > 0 && token.Text is "/" or "-") || (start >= 0 && IsSign(tokens[i + 1])):
                        continue;
                    case TokenKind.Number:
                        start = i;
                        break;
                    case TokenKind.Close when Opening(i, floor) is >= 0 and int open:
                        start = i = IsRoot(open - 1) ? open - 1 : open;
                        break;
                    case TokenKind.Break or TokenKind.Open or TokenKind.Equals or TokenKind.Approximately when start > i && words == 0 && IsSign(tokens[i + 1]):
                        return Build(i + 1, stop);
                    default:
                        return null;
                }

                needed = false;
                words = 0;
                continue;
            }

            switch (token.Kind)
            {
                case TokenKind.Operator:
                    needed = true;
                    continue;
                case TokenKind.Number when IsRoot(start) || (tokens[start].Kind == TokenKind.Open && !tokens[start].SpaceBefore) || IsMixed(i):
                    start = i;
                    continue;
                case TokenKind.Close when tokens[start].Kind == TokenKind.Open && Opening(i, floor) is >= 0 and int open:
                    start = i = open;
                    continue;
                case TokenKind.Word when IsVariable(token) || MathWords.Blocks(token.Text) || (tokens[start].Kind == TokenKind.Open && (!tokens[start].SpaceBefore || !MathWords.IsClause(token.Text))):
                    return null;
                case TokenKind.Break when token.Text == ":" && i > 0 && tokens[i - 1].Kind == TokenKind.Number && (token.SpaceBefore || !tokens[i + 1].SpaceBefore):
                case TokenKind.Break when token.Text == " " && i > 0 && (tokens[i - 1].Kind == TokenKind.Opaque || MathWords.Blocks(tokens[i - 1].Text)):
                case TokenKind.Number or TokenKind.Close or TokenKind.Percent or TokenKind.Opaque:
                    return null;
                default:
                    return Build(start, stop);
            }
        }

        if (i > 0)
        {
            return null;
        }

        return needed ? (start > 0 && words == 0 && IsSign(tokens[0]) ? Build(0, stop) : null) : Build(start, stop);
    }

    /// <summary>The expression that begins at <paramref name="start"/>.</summary>
    public Expression? After(int start)
    {
        int i = start, words = 0, end = -1, signs = 0, ceiling = Math.Min(tokens.Count, start + MostTokens);
        while (i < ceiling && tokens[i].Kind == TokenKind.Break && tokens[i].Text is " " or "\n")
        {
            i++;
        }

        int first = i;
        bool needed = true;
        for (; i < ceiling; i++)
        {
            MathToken token = tokens[i];
            if (needed)
            {
                switch (token.Kind)
                {
                    case TokenKind.Operator when IsSign(token) && ++signs <= 2:
                        continue;
                    case TokenKind.Number:
                        break;
                    case TokenKind.Open or TokenKind.Word when (token.Kind == TokenKind.Open || IsRoot(i)) && Closing(IsRoot(i) ? i + 1 : i, ceiling) is >= 0 and int close:
                        i = close;
                        break;
                    case TokenKind.Word when end >= 0 && words == 0 && tokens[i - 1].Text is "/" && !IsVariable(token):
                    case TokenKind.Word when end >= 0 && words == 0 && tokens[i - 1].Text is "-" && !token.SpaceBefore && !IsVariable(token):
                        needed = false;
                        words = 1;
                        continue;
                    case TokenKind.Word when end >= 0 && words > 0 && tokens[i - 1].Text is "-" or "/":
                        return Finish(first, end, i);
                    default:
                        return null;
                }

                needed = false;
                words = signs = 0;
                end = i + 1;
                continue;
            }

            switch (token.Kind)
            {
                case TokenKind.Percent when words == 0:
                    end = i + 1;
                    continue;
                case TokenKind.Operator:
                    needed = true;
                    continue;
                case TokenKind.Number when words == 0 && IsMixed(i - 1):
                    i += 2;
                    end = i + 1;
                    continue;
                case TokenKind.Open when words == 0 && (!token.SpaceBefore || tokens[i - 1].Kind == TokenKind.Close) && Closing(i, ceiling) is >= 0 and int close:
                    i = close;
                    end = i + 1;
                    continue;
                case TokenKind.Word when words == 0 && (IsVariable(token) || token.Text is "of" or "mod" or "sqrt" or "remainder" or "raised"):
                case TokenKind.Number or TokenKind.Opaque or TokenKind.Percent when words == 0:
                case TokenKind.Open when words == 0 && !token.SpaceBefore:
                    return null;
                case TokenKind.Word when !MathWords.IsClause(token.Text) && ++words <= MostWords:
                    continue;
                default:
                    return Finish(first, end, i);
            }
        }

        return i < tokens.Count || end < 0 || (needed && words == 0) ? null : Finish(first, end, i);
    }

    private Expression? Finish(int start, int end, int stop)
    {
        for (int i = end; i < Math.Min(tokens.Count, end + 7); i++)
        {
            if (tokens[i].Kind == TokenKind.Word && tokens[i].Text is "remainder" or "remainders" or "r" or "mod" or "modulo")
            {
                return null;
            }
        }

        return Build(start, Math.Max(end, Math.Min(stop, end + 3)));
    }

    private Expression? Build(int start, int stop)
    {
        List<MathToken> run = [];
        List<string> units = [];
        StringBuilder written = new(), operators = new();
        List<Rational> operands = [];
        int decimals = 0;
        SortedSet<char> variables = [];
        bool percent = false, currency = false;
        for (int i = start; i < stop; i++)
        {
            MathToken token = tokens[i];
            if (token.Kind == TokenKind.Word && !IsRoot(i))
            {
                // A variable, or a word in the place of a number.
                if (IsVariable(token) || (units.Count == 0 && run.Count > 0 && run[^1].Kind is TokenKind.Operator or TokenKind.Open))
                {
                    return null;
                }

                units.Add(token.Text);
                continue;
            }

            if (token.Kind == TokenKind.Opaque || (token.Kind == TokenKind.Break && token.Text is "," or ";"))
            {
                return null;
            }

            // miles/hour and 8-hour are units.
            bool unit = token.Kind == TokenKind.Operator && token.Text is "/" or "-" && i + 1 < stop && tokens[i + 1].Kind == TokenKind.Word && !IsRoot(i + 1);
            if (unit || token.Kind == TokenKind.Break || (token.Kind == TokenKind.Operator && i + 1 == stop))
            {
                continue;
            }

            run.Add(token);
            _ = token.Kind == TokenKind.Operator && run.Count > 1 ? operators.Append(token.Text) : operators;
            if (token.Kind == TokenKind.Number)
            {
                operands.Add(token.Value);
                variables.UnionWith(token.Variables);
                decimals = Math.Max(decimals, token.Decimals);
                currency |= token.IsCurrency;
            }

            percent |= token.Kind == TokenKind.Percent;
            Append(written, token, run.Count > 1 ? run[^2].Kind : TokenKind.Break);
        }

        ReadOnlySpan<MathToken> span = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(run);
        if (operands.Count == 0 || ExpressionParser.Evaluate(span, ExpressionReading.Usual) is not { } value)
        {
            return null;
        }

        // A sign before a lone number is part of it; a product without a sign counts as one.
        string found = operators.Length == 0 && operands.Count > 1 ? "*" : operands.Count == 1 && operators.ToString() is "-" or "+" ? string.Empty : operators.ToString();
        return new Expression
        {
            Value = value,
            ProductValue = found.Length > 0 ? ExpressionParser.Evaluate(span, ExpressionReading.MixedAsProduct) : null,
            BareValue = percent ? ExpressionParser.Evaluate(span, ExpressionReading.PercentBare) : null,
            PercentOfLeftValue = percent ? ExpressionParser.Evaluate(span, ExpressionReading.PercentOfLeft) : null,
            Operators = found,
            Operands = operands,
            Units = units,
            Decimals = decimals,
            Variables = string.Concat(variables),
            IsChained = IsChained(start, variables),
            HasPercent = percent,
            HasCurrency = currency,
            Text = written.ToString(),
        };
    }

    // 5 = x + 2 = 7 states an equation, as does x = 5 - x; A = x + 2 = 2 + x does not.
    private bool IsChained(int start, SortedSet<char> variables)
    {
        if (start < 2 || tokens[start - 1].Kind != TokenKind.Equals)
        {
            return false;
        }

        MathToken before = tokens[start - 2];
        int edge = start > 2 && IsSign(tokens[start - 3]) ? start - 4 : start - 3;
        bool alone = edge < 0 || tokens[edge].Kind is TokenKind.Break or TokenKind.Word or TokenKind.Equals or TokenKind.Opaque;
        return !alone || before.Kind != TokenKind.Number || (before.Variables.Length > 0 && !variables.Contains(before.Variables[0]));
    }

    private void Append(StringBuilder written, MathToken token, TokenKind before)
    {
        string part = token.Kind switch
        {
            TokenKind.Number => token.IsWord ? token.Value.ToString() : text.Substring(token.Start, token.Length),
            TokenKind.Operator => token.Text switch { "*" => "×", "/" => "/", _ => token.Text },
            TokenKind.Open => "(",
            TokenKind.Close => ")",
            TokenKind.Percent => "%",
            _ => token.Text,
        };
        bool binary = token.Kind == TokenKind.Operator && token.Text is not ("^" or "/") && before is TokenKind.Number or TokenKind.Close or TokenKind.Percent;
        _ = binary ? written.Append(' ').Append(part).Append(' ') : written.Append(before == TokenKind.Number && token.Kind == TokenKind.Number ? " " : string.Empty).Append(part);
    }

    private int Opening(int close, int floor)
    {
        int depth = 0;
        for (int i = close; i >= floor; i--)
        {
            depth += tokens[i].Kind == TokenKind.Close ? 1 : tokens[i].Kind == TokenKind.Open ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return -1;
    }

    private int Closing(int open, int ceiling)
    {
        int depth = 0;
        for (int i = open; i < ceiling; i++)
        {
            depth += tokens[i].Kind == TokenKind.Open ? 1 : tokens[i].Kind == TokenKind.Close ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return -1;
    }

    private bool IsRoot(int at) => at >= 0 && at + 1 < tokens.Count && tokens[at].Kind == TokenKind.Word && tokens[at].Text == "sqrt" && tokens[at + 1].Kind == TokenKind.Open;

    // 2 1/2: a whole number, and a fraction after white space.
    private bool IsMixed(int whole) => whole >= 0 && whole + 3 < tokens.Count && tokens[whole].Kind == TokenKind.Number && tokens[whole + 1].Kind == TokenKind.Number
        && tokens[whole + 2].Text == "/" && tokens[whole + 3].Kind == TokenKind.Number;

    private static bool IsSign(MathToken token) => token.Kind == TokenKind.Operator && token.Text is "-" or "+";

    private static bool IsVariable(MathToken token) => MathWords.IsVariable(token.Text);
}
