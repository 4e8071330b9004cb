namespace HeteroAgent.LlamaCpp;

/// <summary>Where a training run takes its sequences from.</summary>
internal interface ITrainingData
{
    /// <summary>The sequences in an epoch.</summary>
    int Count { get; }

    /// <summary>An epoch's sequences, in any order; the same for the same number, whatever was asked for before, so that a resumed run sees what the first would have seen.</summary>
    IReadOnlyList<TrainingSequence> Epoch(int epoch, CancellationToken cancellationToken);
}
