namespace HeteroAgent.LlamaCpp;

/// <summary>What should stand at a position: one token, or a distribution over some.</summary>
internal readonly record struct TrainingTarget(int Position, int Token, SoftTarget? Soft = null);
