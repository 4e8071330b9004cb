namespace HeteroAgent;

/// <summary>One side of an equation.</summary>
internal sealed record Expression
{
    /// <summary>The value in the usual reading.</summary>
    public required Rational Value { get; init; }

    /// <summary>The value with mixed numbers read as products, or the same.</summary>
    public Rational? ProductValue { get; init; }

    /// <summary>The value with the percent signs dropped, or the same.</summary>
    public Rational? BareValue { get; init; }

    /// <summary>The value with a percentage read as a share of what it is added to or taken from.</summary>
    public Rational? PercentOfLeftValue { get; init; }

    /// <summary>The operators that occur, in order.</summary>
    public required string Operators { get; init; }

    /// <summary>The numbers that occur, in order.</summary>
    public required IReadOnlyList<Rational> Operands { get; init; }

    /// <summary>The unit words that were dropped.</summary>
    public required IReadOnlyList<string> Units { get; init; }

    /// <summary>The most digits behind the point of any number in it.</summary>
    public int Decimals { get; init; }

    /// <summary>The variables that were replaced by numbers, each once, in order.</summary>
    public string Variables { get; init; } = string.Empty;

    /// <summary>Whether a sign of equality stands before it, with something other than a number on its other side.</summary>
    public bool IsChained { get; init; }

    public bool HasPercent { get; init; }

    public bool HasCurrency { get; init; }

    /// <summary>How it was written, units left out.</summary>
    public required string Text { get; init; }

    public bool HasOperator => Operators.Length > 0;
}
