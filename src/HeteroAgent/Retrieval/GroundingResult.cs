namespace HeteroAgent;

/// <summary>How far passages support an answer.</summary>
/// <param name="Score">The mean support of the claims, in [0, 1]; 1 for an answer without a claim.</param>
/// <param name="Claims">The claims in the order of the answer.</param>
public sealed record GroundingResult(double Score, IReadOnlyList<GroundedClaim> Claims)
{
    /// <summary>Gets why claims count as unsupported, one line each; empty where all are supported.</summary>
    public IReadOnlyList<string> Reasons { get; } = [.. Claims.Where(static c => c.Reason is not null).Select(static c => $"\"{c.Text}\": {c.Reason}")];
}
