namespace HeteroAgent;

/// <summary>One number in a text and what stands around it.</summary>
/// <param name="Value">The number.</param>
/// <param name="Unit">The stem of the first word of content after it, or an empty text.</param>
/// <param name="Context">The stems of the words of content near it.</param>
internal sealed record Quantity(Rational Value, string Unit, IReadOnlyList<string> Context)
{
    public bool IsPercent { get; init; }

    public bool IsCurrency { get; init; }

    /// <summary>Whether it was written as a word, such as <c>twice</c>.</summary>
    public bool IsWord { get; init; }

    /// <summary>Whether it stands directly behind a sign of equality: a result.</summary>
    public bool IsResult { get; init; }
}
