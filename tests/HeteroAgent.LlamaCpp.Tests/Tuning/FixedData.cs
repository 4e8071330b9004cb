namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>The same sequences in every epoch.</summary>
internal sealed class FixedData(IReadOnlyList<TrainingSequence> sequences) : ITrainingData
{
    public int Count => sequences.Count;

    public IReadOnlyList<TrainingSequence> Epoch(int epoch, CancellationToken cancellationToken) => sequences;
}
