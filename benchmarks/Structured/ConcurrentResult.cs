namespace HeteroAgent.Benchmarks.Structured;

/// <summary>Sixteen requests at once beside one raw batch.</summary>
/// <param name="Model">The model.</param>
/// <param name="Requests">The requests.</param>
/// <param name="Rounds">Every round.</param>
internal sealed record ConcurrentResult(string Model, int Requests, IReadOnlyList<ConcurrentRound> Rounds)
{
    /// <summary>Sampled positions a second, divided by the raw batch's.</summary>
    internal double Ratio => Median.Of(Rounds.Select(r => r.RawSeconds / r.EngineSeconds));

    internal double EnginePerSecond => Median.Of(Rounds.Select(r => r.Sampled / r.EngineSeconds));

    internal double RawPerSecond => Median.Of(Rounds.Select(r => r.Sampled / r.RawSeconds));
}
