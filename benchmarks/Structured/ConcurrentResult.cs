namespace HeteroAgent.Benchmarks.Structured;

/// <summary>Sixteen requests at once beside one raw batch.</summary>
/// <param name="Model">The model.</param>
/// <param name="Requests">The requests.</param>
/// <param name="Rounds">Every round.</param>
internal sealed record ConcurrentResult(string Model, int Requests, IReadOnlyList<ConcurrentRound> Rounds)
{
    /// <summary>Sampled positions a second where every token is sampled, divided by the raw batch's.</summary>
    internal double Ratio => Median.Of(Rounds.Select(r => r.RawSeconds / r.SampledSeconds));

    /// <summary>Written positions a second, forced and drafted ones included, divided by the raw batch's.</summary>
    internal double WrittenRatio => Median.Of(Rounds.Select(r => r.WrittenPerSecond / r.RawPerSecond));

    /// <summary>Sampled positions a second where the others are forced or drafted, divided by the raw batch's: the others cost time and are not counted.</summary>
    internal double SampledBesideForcedRatio => Median.Of(Rounds.Select(r => r.Tokens.Sampled / r.EngineSeconds / r.RawPerSecond));

    internal double SampledPerSecond => Median.Of(Rounds.Select(r => r.Positions / r.SampledSeconds));

    internal double WrittenPerSecond => Median.Of(Rounds.Select(r => r.WrittenPerSecond));

    internal double RawPerSecond => Median.Of(Rounds.Select(r => r.RawPerSecond));
}
