namespace HeteroAgent.LlamaCpp;

/// <summary>One example as the network sees it.</summary>
/// <param name="Tokens">The tokens.</param>
/// <param name="Targets">Which positions count, and what should stand there.</param>
/// <param name="Example">The number of the example that it was made from, for messages.</param>
internal sealed record TrainingSequence(int[] Tokens, TrainingTarget[] Targets, int Example)
{
    internal void AddTo(PackedBatch batch)
    {
        batch.AddSequence(Tokens);
        foreach (TrainingTarget target in Targets)
        {
            if (target.Soft is { } soft)
            {
                batch.AddTarget(target.Position, soft.Tokens, soft.Weights);
            }
            else
            {
                batch.AddTarget(target.Position, target.Token);
            }
        }
    }
}
