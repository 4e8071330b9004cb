namespace HeteroAgent;

/// <summary>One text, cut and read once: the question, or a step.</summary>
internal sealed class TextView
{
    private const int MostMathematics = 1 << 17;

    public TextView(string raw)
    {
        Tools = ToolExchange.Read(raw);
        raw = Tools?.Spoken ?? raw;
        Raw = raw;
        Words = HeteroAgent.Words.Read(raw);
        Content = [];
        foreach (string word in Words)
        {
            if (StopWords.IsContent(word))
            {
                _ = Content.Add(StopWords.Stem(word));
            }
        }

        // Beyond any real step the equations are not read.
        string normal = MathText.Normalize(raw.Length > MostMathematics ? raw[..MostMathematics] : raw);
        Tokens = MathTokenizer.Read(normal);
        Equations = EquationReader.Read(normal, Tokens);
        Identities = IdentityReader.Read(normal, Tokens);
        Quantities = QuantityReader.Read(Tokens);
        foreach (Quantity quantity in Quantities)
        {
            _ = Values.Add(quantity.Value);
        }

        foreach (Equation equation in Equations)
        {
            WrongCount += equation.IsWrong ? 1 : 0;
            if (!equation.Stated.HasOperator)
            {
                Results.Add(equation.Stated.Value);
            }
        }
    }

    /// <summary>The text; without the tool calls and their results.</summary>
    public string Raw { get; }

    /// <summary>The tool calls and results, where there are any.</summary>
    public ToolExchange? Tools { get; }

    /// <summary>All words in lower case, in order.</summary>
    public List<string> Words { get; }

    /// <summary>The stems of the words of content.</summary>
    public HashSet<string> Content { get; }

    public List<MathToken> Tokens { get; }

    public IReadOnlyList<Equation> Equations { get; }

    /// <summary>The simplifications in variables.</summary>
    public IReadOnlyList<Identity> Identities { get; }

    /// <summary>The equations that do not hold.</summary>
    public int WrongCount { get; }

    public List<Quantity> Quantities { get; }

    /// <summary>The values of all numbers.</summary>
    public HashSet<Rational> Values { get; } = [];

    /// <summary>The stated results of the equations, in order.</summary>
    public List<Rational> Results { get; } = [];
}
