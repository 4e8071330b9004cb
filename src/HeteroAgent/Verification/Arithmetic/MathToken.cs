namespace HeteroAgent;

/// <summary>One token of a normalised text: a number, a word, an operator or a break.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins in the normalised text.</param>
/// <param name="Length">How long it is there.</param>
internal readonly record struct MathToken(TokenKind Kind, int Start, int Length)
{
    /// <summary>The value of a number.</summary>
    public Rational Value { get; init; }

    /// <summary>The digits behind a number's point.</summary>
    public int Decimals { get; init; }

    /// <summary>The word in lower case, or the operator.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>The variable that a number stands for, or an empty text.</summary>
    public string Variables { get; init; } = string.Empty;

    /// <summary>Whether white space stands before it.</summary>
    public bool SpaceBefore { get; init; }

    /// <summary>Whether a currency sign stands before a number.</summary>
    public bool IsCurrency { get; init; }

    /// <summary>Whether the number is written as a word, such as <c>half</c>.</summary>
    public bool IsWord { get; init; }
}
