namespace HeteroAgent.LlamaCpp;

/// <summary>How an extractive model is trained. The defaults are those of the starter. Read once when training begins; later changes have no effect.</summary>
public sealed class ExtractiveTrainingOptions
{
    /// <summary>Gets or sets the model's width; a head has 32 numbers.</summary>
    /// <value>Default 128. A multiple of 32, at most 1,024.</value>
    public int Width { get; set; } = 128;

    /// <summary>Gets or sets the number of blocks.</summary>
    /// <value>Default 4. From 1 to 64.</value>
    public int Layers { get; set; } = 4;

    /// <summary>Gets or sets the byte-pair merges that are learnt from the requests' words.</summary>
    /// <value>Default 1,700; fewer where few pairs occur twice. Not negative.</value>
    public int Merges { get; set; } = 1700;

    /// <summary>Gets or sets the most tokens of a request.</summary>
    /// <value>Default 512. From 16 to 2,048.</value>
    public int ContextLength { get; set; } = 512;

    /// <summary>Gets or sets how many models are trained, to be averaged: each with a seed of its own.</summary>
    /// <value>Default 1. From 1 to 8.</value>
    public int Models { get; set; } = 1;

    /// <summary>Gets or sets how the examples are varied.</summary>
    public ExtractiveAugmentation Augmentation { get; set; } = new();

    /// <summary>Gets or sets an encoder of the BERT family (a GGUF file) that is fine-tuned first and then teaches the models: they learn its probabilities on the varied requests (Hinton et al., arXiv:1503.02531).</summary>
    /// <value>Default <see langword="null"/>: the labels alone teach.</value>
    public string? Teacher { get; set; }

    /// <summary>Gets or sets how often the teacher sees every example.</summary>
    /// <value>Default 3. At least 1.</value>
    public int TeacherEpochs { get; set; } = 3;

    /// <summary>Gets or sets how many variations of the examples the teacher labels; later epochs see them again, in other pieces.</summary>
    /// <value>Default 6. At least 1.</value>
    public int TeacherVariations { get; set; } = 6;

    /// <summary>Gets or sets the share of the teacher's opinion in what a model learns; the rest is the label.</summary>
    /// <value>Default 0.8. In [0, 1].</value>
    public double TeacherWeight { get; set; } = 0.8;

    /// <summary>Gets or sets the type that the weights are written in.</summary>
    /// <value>Default <see cref="GgmlType.Q8_0"/>.</value>
    public GgmlType Type { get; set; } = GgmlType.Q8_0;

    /// <summary>Gets or sets rate, epochs, threads, checkpoints and the like.</summary>
    /// <value>Default: 14 epochs in steps of 64 examples, rate 2e-3, decay 0.1.</value>
    public TuningOptions Training { get; set; } = new() { Epochs = 14, BatchSize = 64, LearningRate = 2e-3, WeightDecay = 0.1 };

    internal ExtractiveTrainingOptions Validated()
    {
        ExtractiveTrainingOptions copy = (ExtractiveTrainingOptions)MemberwiseClone();
        Range(copy.Width % 32 == 0 ? copy.Width : -1, 32, 1024, nameof(Width));
        Range(copy.Layers, 1, 64, nameof(Layers));
        Range(copy.Merges, 0, 100_000, nameof(Merges));
        Range(copy.ContextLength, 16, 2048, nameof(ContextLength));
        Range(copy.Models, 1, 8, nameof(Models));
        Range(copy.TeacherEpochs, 1, 1000, nameof(TeacherEpochs));
        Range(copy.TeacherVariations, 1, 1000, nameof(TeacherVariations));
        if (copy.TeacherWeight is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(TeacherWeight), copy.TeacherWeight, "A number from 0 to 1 was expected.");
        }

        ArgumentNullException.ThrowIfNull(copy.Augmentation, nameof(Augmentation));
        ArgumentNullException.ThrowIfNull(copy.Training, nameof(Training));
        copy.Augmentation = copy.Augmentation.Validated();
        copy.Training = copy.Training.Validated();
        return copy;
    }

    private static void Range(int value, int least, int most, string name)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(name, value, $"A number from {least} to {most} was expected{(name == nameof(Width) ? ", a multiple of 32" : string.Empty)}.");
        }
    }
}
