namespace HeteroAgent.Benchmarks.Structured;

/// <summary>One round of sixteen requests at once.</summary>
/// <param name="EngineSeconds">The library's time.</param>
/// <param name="RawSeconds">The raw batch's time for as many sampled positions.</param>
/// <param name="Sampled">Positions sampled, the same for both.</param>
/// <param name="Forced">Tokens that the library's grammar forced.</param>
/// <param name="Drafted">Tokens that the library guessed and confirmed.</param>
/// <param name="CachedShare">The share of the prompts that the library found in its cache; 1 where it holds them all, as the raw batch does.</param>
internal sealed record ConcurrentRound(double EngineSeconds, double RawSeconds, int Sampled, int Forced, int Drafted, double CachedShare);
