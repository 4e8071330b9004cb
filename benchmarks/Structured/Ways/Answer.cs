namespace HeteroAgent.Benchmarks.Structured;

/// <summary>One timed answer.</summary>
/// <param name="Milliseconds">Wall time.</param>
/// <param name="CachedTokens">Prompt tokens that were not decoded again.</param>
/// <param name="Tokens">How the tokens of the answer came about.</param>
/// <param name="Output">The answer's text.</param>
internal sealed record Answer(double Milliseconds, int CachedTokens, TokenCounts Tokens, string Output);
