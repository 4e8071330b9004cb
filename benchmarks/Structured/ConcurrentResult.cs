namespace HeteroAgent.Benchmarks.Structured;

/// <summary>Sixteen requests at once, every round's times beside the raw batch's.</summary>
/// <param name="Model">The model.</param>
/// <param name="Ids">The cases.</param>
/// <param name="Rounds">The seconds of both, and the positions that both sampled.</param>
internal sealed record ConcurrentResult(string Model, IReadOnlyList<string> Ids, IReadOnlyList<(double Engine, double Raw, int Sampled, int Forced, int Drafted)> Rounds)
{
    /// <summary>Sampled positions a second, divided by the raw batch's.</summary>
    internal double Ratio => Median.Of(Rounds.Select(r => r.Raw / r.Engine));

    internal double EnginePerSecond => Median.Of(Rounds.Select(r => r.Sampled / r.Engine));

    internal double RawPerSecond => Median.Of(Rounds.Select(r => r.Sampled / r.Raw));
}
