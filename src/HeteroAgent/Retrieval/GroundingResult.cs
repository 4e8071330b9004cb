namespace HeteroAgent;

/// <summary>How well passages support an answer.</summary>
/// <param name="Score">The mean support of the claims, in [0, 1]; <see langword="null"/> where the answer claims nothing that can be checked.</param>
/// <param name="Claims">The claims in the order of the answer.</param>
public sealed record GroundingResult(double? Score, IReadOnlyList<GroundedClaim> Claims)
{
    /// <summary>Gets the reason for each claim that is not supported, for a person to read.</summary>
    public IReadOnlyList<string> Reasons => [.. Claims.Where(static c => c.Reason is not null).Select(static c => c.Reason!)];
}
