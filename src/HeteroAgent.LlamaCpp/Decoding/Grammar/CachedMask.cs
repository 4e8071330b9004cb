namespace HeteroAgent.LlamaCpp;

/// <summary>A mask that holds while enough tokens are left.</summary>
/// <param name="Bits">One bit a token.</param>
/// <param name="LongestMinimum">The most bytes that the shortest completion takes after any of its tokens.</param>
internal sealed record CachedMask(ulong[] Bits, int LongestMinimum);
