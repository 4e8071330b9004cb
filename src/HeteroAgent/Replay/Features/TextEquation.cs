namespace HeteroAgent;

/// <summary>A computation written out in a text: operands, operations and the stated result.</summary>
/// <param name="Operands">The operands in order.</param>
/// <param name="Operations">The operations between them: + − * /, bracketing left out.</param>
/// <param name="Computed">What the written expression comes to; not finite where it cannot be computed.</param>
/// <param name="Stated">The result that the text states.</param>
/// <param name="Start">Where the first operand starts.</param>
/// <param name="End">Where the stated result ends.</param>
internal sealed record TextEquation(IReadOnlyList<double> Operands, string Operations, double Computed, double Stated, int Start, int End)
{
    private const int MaxTokens = 64;

    /// <summary>Whether the stated result is the computed one, up to the rounding of the stated one.</summary>
    internal bool IsRight => double.IsFinite(Computed) && Math.Abs(Computed - Stated) <= (0.006 * Math.Max(1, Math.Abs(Stated) / 100)) + 1e-9;

    /// <summary>Finds expressions of numbers and operators that are followed by = and a number; up to two words may follow each number, as in "3 cups * 20 chickens = 60 cups".</summary>
    internal static List<TextEquation> Find(string text, IReadOnlyList<TextNumber> numbers)
    {
        List<TextEquation> equations = [];
        List<Token> tokens = [];
        int next = 0;
        int words = 0;
        bool stated = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (next < numbers.Count && numbers[next].Start == i)
            {
                TextNumber number = numbers[next++];
                double value = number.IsPercent ? number.Value / 100 : number.Value;
                if (stated)
                {
                    Add(equations, tokens, number.Value, number.End);
                    tokens.Clear();
                    stated = false;
                }
                else if (tokens.Count > 0 && tokens[^1].IsValue)
                {
                    tokens.Clear();
                }

                tokens.Add(new Token('n', value, number.Start));
                words = 0;
                i = number.End - 1;
                continue;
            }

            char c = text[i];
            char operation = Operation(text, i);
            if (operation != '\0')
            {
                bool usable = !stated && tokens.Count > 0 && tokens.Count < MaxTokens && (tokens[^1].IsValue || operation == '(');
                if (operation == '(' ? !stated && (tokens.Count == 0 || !tokens[^1].IsValue) : usable)
                {
                    tokens.Add(new Token(operation, 0, i));
                    words = 0;
                }
                else if (operation is not ('(' or ')'))
                {
                    tokens.Clear();
                    stated = false;
                }
            }
            else if (c == '=')
            {
                stated = tokens.Count >= 3 && tokens[^1].IsValue;
                if (!stated)
                {
                    tokens.Clear();
                }

                words = 0;
            }
            else if (char.IsLetter(c))
            {
                bool starts = i == 0 || !char.IsLetter(text[i - 1]);
                words += starts ? 1 : 0;
                if (words > 2 || (stated && words > 0))
                {
                    tokens.Clear();
                    stated = false;
                }
            }
            else if (c is '.' or ';' or ':' or '?' or '!' or '\n')
            {
                tokens.Clear();
                stated = false;
                words = 0;
            }
        }

        return equations;
    }

    private static void Add(List<TextEquation> equations, List<Token> tokens, double stated, int end)
    {
        // Where the brackets do not match, what was written is not known; without an operation, nothing was computed.
        if (tokens.Count(t => t.Kind == '(') != tokens.Count(t => t.Kind == ')') || !tokens.Exists(t => t.Kind is '+' or '-' or '*' or '/'))
        {
            return;
        }

        int at = 0;
        double computed = Sum(tokens, ref at);
        equations.Add(new TextEquation(
            [.. tokens.Where(t => t.Kind == 'n').Select(t => t.Value)],
            string.Concat(tokens.Where(t => t.Kind is '+' or '-' or '*' or '/').Select(t => t.Kind)),
            at == tokens.Count ? computed : double.NaN,
            stated,
            tokens[0].Start,
            end));
    }

    private static double Sum(List<Token> tokens, ref int at)
    {
        double value = Product(tokens, ref at);
        while (at < tokens.Count && tokens[at].Kind is '+' or '-')
        {
            char operation = tokens[at++].Kind;
            double right = Product(tokens, ref at);
            value = operation == '+' ? value + right : value - right;
        }

        return value;
    }

    private static double Product(List<Token> tokens, ref int at)
    {
        double value = Factor(tokens, ref at);
        while (at < tokens.Count && tokens[at].Kind is '*' or '/')
        {
            char operation = tokens[at++].Kind;
            double right = Factor(tokens, ref at);
            value = operation == '*' ? value * right : value / right;
        }

        return value;
    }

    private static double Factor(List<Token> tokens, ref int at)
    {
        if (at >= tokens.Count)
        {
            return double.NaN;
        }

        Token token = tokens[at++];
        if (token.Kind == 'n')
        {
            return token.Value;
        }

        if (token.Kind != '(')
        {
            return double.NaN;
        }

        double value = Sum(tokens, ref at);
        return at < tokens.Count && tokens[at++].Kind == ')' ? value : double.NaN;
    }

    private static char Operation(string text, int i)
    {
        char c = text[i];
        return c switch
        {
            '+' => '+',
            '*' or '×' or '·' => '*',
            '/' or '÷' => '/',
            '(' or ')' => c,
            '-' or '−' or '–' => IsFree(text, i) ? '-' : '\0',
            'x' or 'X' => IsFree(text, i) ? '*' : '\0',
            _ => '\0',
        };
    }

    // A hyphen in a word and the letter x in one are no operators.
    private static bool IsFree(string text, int i) =>
        (i == 0 || !char.IsLetter(text[i - 1])) && (i + 1 >= text.Length || !char.IsLetter(text[i + 1]));

    private readonly record struct Token(char Kind, double Value, int Start)
    {
        internal bool IsValue => Kind is 'n' or ')';
    }
}
