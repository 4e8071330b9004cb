namespace HeteroAgent.LlamaCpp;

/// <summary>Trains a model of the llama family (llama, Qwen2, Qwen3) on conversations: an adapter over a base that stays quantised, or all weights. In this process, on the CPU.</summary>
public static class ModelTrainer
{
    /// <summary>Trains and writes an adapter, or a model where <see cref="ModelTrainingOptions.Lora"/> is <see langword="null"/>.</summary>
    /// <param name="basePath">The base model, a GGUF file with a chat template.</param>
    /// <param name="train">The conversations; the last turn of each is learnt.</param>
    /// <param name="output">The file to write.</param>
    /// <param name="options">How to train; <see langword="null"/> for the defaults.</param>
    /// <param name="validation">Conversations to measure the loss on before training and after every epoch; <see langword="null"/> for none.</param>
    /// <param name="progress">Hears of every step.</param>
    /// <param name="cancellationToken">Ends training at the next step; a checkpoint is written first where one was asked for.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="FileNotFoundException">There is no such base.</exception>
    /// <exception cref="GgufException">The base is damaged.</exception>
    /// <exception cref="UnsupportedChatTemplateException">The base has no chat template, or one that is not known.</exception>
    /// <exception cref="TuningException">The base or the data cannot be used, memory is missing, the loss is no number, a checkpoint or the output cannot be read or written, or somebody else is training into it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<TuningResult> TrainAsync(string basePath, TuningSet train, string output, ModelTrainingOptions? options = null, TuningSet? validation = null, IProgress<TuningProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(basePath);
        ArgumentNullException.ThrowIfNull(train);
        ModelTrainingOptions settings = (options ?? new ModelTrainingOptions()).Validated();
        using TrainingOutput held = TrainingOutput.Take(output);

        // Only its vocabulary and template are used; the weights are read by rows.
        using LlamaModel model = await LlamaModel.LoadAsync(basePath, new LlamaModelOptions { GpuLayers = 0, ChatTemplate = settings.ChatTemplate }, progress: null, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => new ModelTraining(model, train, validation, Path.GetFullPath(output), settings, progress).Run(cancellationToken), cancellationToken).ConfigureAwait(false);
    }
}
