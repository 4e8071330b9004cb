namespace HeteroAgent.LlamaCpp;

/// <summary>A distribution over some tokens, as a larger model gives it (Hinton et al., arXiv:1503.02531). The weights add up to one.</summary>
internal sealed record SoftTarget(int[] Tokens, float[] Weights);
