namespace HeteroAgent.LlamaCpp;

/// <summary>What an adapter adds to one weight: α/rank·B·A.</summary>
/// <param name="Target">The base's tensor, such as <c>blk.0.attn_q.weight</c>.</param>
/// <param name="Rank">The rank.</param>
/// <param name="A">A row by row: rank rows as long as the weight's.</param>
/// <param name="B">B row by row: as many rows as the weight has, of rank numbers each.</param>
internal sealed record LoraPair(string Target, int Rank, ReadOnlyMemory<float> A, ReadOnlyMemory<float> B);
