namespace HeteroAgent.LlamaCpp;

/// <summary>How a model that writes answers is trained. Read once when training begins.</summary>
public sealed class ModelTrainingOptions
{
    /// <summary>Gets or sets the adapter to train over a base that stays as it is.</summary>
    /// <value>Default: one of rank 8 on all linear layers. <see langword="null"/> trains all weights instead.</value>
    public LoraOptions? Lora { get; set; } = new();

    /// <summary>Gets or sets the most tokens of an example, prompt and answer together. A longer one is refused.</summary>
    /// <value>Default 1,024, and never more than the model's context. At least 2.</value>
    public int MaxTokens { get; set; } = 1024;

    /// <summary>Gets or sets the name or text of the chat template, for a base without a known one; see <see cref="LlamaModelOptions.ChatTemplate"/>.</summary>
    /// <value>Default <see langword="null"/>: the base's own.</value>
    public string? ChatTemplate { get; set; }

    /// <summary>Gets or sets the type that all weights are written in; adapters are always written in 32 bits.</summary>
    /// <value>Default <see langword="null"/>: 32 bits for vectors and the base's types for matrices.</value>
    public GgmlType? Type { get; set; }

    /// <summary>Gets or sets rate, epochs, threads, checkpoints and the like.</summary>
    /// <value>Default: 4 epochs in steps of 8 examples, rate 1e-3, no decay, a warm-up of 20 steps.</value>
    public TuningOptions Training { get; set; } = new() { WarmupSteps = 20 };

    internal ModelTrainingOptions Validated()
    {
        ModelTrainingOptions copy = (ModelTrainingOptions)MemberwiseClone();
        ArgumentOutOfRangeException.ThrowIfLessThan(copy.MaxTokens, 2, nameof(MaxTokens));
        ArgumentNullException.ThrowIfNull(copy.Training, nameof(Training));
        _ = copy.Lora?.Validated();
        copy.Training = copy.Training.Validated();
        return copy;
    }
}
