namespace HeteroAgent.Benchmarks.Structured;

/// <summary>One round of sixteen requests at once.</summary>
/// <param name="EngineSeconds">The library's time.</param>
/// <param name="SampledSeconds">The library's time where it samples every token, as the raw batch does.</param>
/// <param name="RawSeconds">The raw batch's time for as many positions as the library samples then.</param>
/// <param name="Positions">Positions sampled where every token is, the same for both.</param>
/// <param name="Tokens">What the library did in the first of these times.</param>
/// <param name="CachedShare">The share of the prompts that the library found in its cache; 1 where it holds them all, as the raw batch does.</param>
internal sealed record ConcurrentRound(double EngineSeconds, double SampledSeconds, double RawSeconds, int Positions, TokenCounts Tokens, double CachedShare)
{
    internal double RawPerSecond => Positions / RawSeconds;

    /// <summary>All positions that the library writes a second, however they come about.</summary>
    internal double WrittenPerSecond => (Tokens.Sampled + Tokens.Forced + Tokens.Drafted) / EngineSeconds;
}
