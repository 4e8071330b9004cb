namespace HeteroAgent;

/// <summary>A claim of an answer and the passage that supports it best.</summary>
/// <param name="Text">The claim, a sentence of the answer without its citation marks.</param>
/// <param name="Start">Where it starts in the answer, in UTF-16 code units.</param>
/// <param name="Support">How much of it a passage supports, in [0, 1]; 0 where a number or a name of it is missing there.</param>
public sealed record GroundedClaim(string Text, int Start, double Support)
{
    /// <summary>Gets the number of the passage that supports it best, counted from 1 as citations are; 0 where none supports it at all. Where several together do, it is the first of them.</summary>
    public int Passage { get; init; }

    /// <summary>Gets why the claim is not supported; <see langword="null"/> where it is.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets whether a passage supports it.</summary>
    public bool IsSupported => Reason is null;
}
