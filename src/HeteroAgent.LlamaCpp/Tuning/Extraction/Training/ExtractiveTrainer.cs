namespace HeteroAgent.LlamaCpp;

/// <summary>Trains extractive models from examples of request and call: in this process, on the CPU.</summary>
public static class ExtractiveTrainer
{
    /// <summary>Trains and writes the model, or several to be averaged, which <see cref="ExtractiveModel.LoadAsync(IReadOnlyList{string}, ExtractiveModelOptions?, CancellationToken)"/> loads.</summary>
    /// <param name="train">The examples. Slots of closed sets (<see cref="ExtractiveSet.ClosedSlots"/>) are learnt as classes of the whole request: each takes one token behind every request, and its value, or that there is none, is read there. A teacher has no opinion on them.</param>
    /// <param name="output">The file to write. Further models get its name with <c>.2</c>, <c>.3</c> and so on before the extension.</param>
    /// <param name="options">How to train; <see langword="null"/> for the defaults.</param>
    /// <param name="validation">Examples to measure on after every epoch: the share of whole calls that are right. They must not be among those trained on. <see langword="null"/> for none.</param>
    /// <param name="progress">Hears of every step.</param>
    /// <param name="cancellationToken">Ends training at the next step; a checkpoint is written first where one was asked for.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="TuningException">The data cannot be used, memory is missing, the loss is no number, a checkpoint or the output cannot be read or written, or somebody else is training into it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<TuningResult> TrainAsync(ExtractiveSet train, string output, ExtractiveTrainingOptions? options = null, ExtractiveSet? validation = null, IProgress<TuningProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ExtractiveTrainingOptions settings = (options ?? new ExtractiveTrainingOptions()).Validated();
        return Task.Run(
            async () =>
            {
                using TrainingOutput held = TrainingOutput.Take(output);
                return await new ExtractiveTraining(train, Path.GetFullPath(output), settings, validation, progress).RunAsync(cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
    }
}
