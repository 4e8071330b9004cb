namespace HeteroAgent.LlamaCpp;

/// <summary>The shape of a low-rank adapter.</summary>
/// <param name="Rank">The rank r of the update.</param>
/// <param name="Alpha">The update is scaled by α/r.</param>
/// <param name="Targets">The layers that get one, as GGUF files name them within a block, such as <c>attn_q</c>.</param>
internal sealed record LoraShape(int Rank, float Alpha, IReadOnlyList<string> Targets);
