namespace HeteroAgent.LlamaCpp;

/// <summary>How a model is trained. Read once when training begins; later changes have no effect.</summary>
public sealed class TuningOptions
{
    /// <summary>Gets or sets how often every example is seen.</summary>
    /// <value>Default 4. At least 1.</value>
    public int Epochs { get; set; } = 4;

    /// <summary>Gets or sets the most minutes that training may take; the number of epochs is lowered to fit, once the speed is known.</summary>
    /// <value>Default <see langword="null"/>: no limit. More than 0.</value>
    public double? MaxMinutes { get; set; }

    /// <summary>Gets or sets the examples in a step.</summary>
    /// <value>Default 8. At least 1.</value>
    public int BatchSize { get; set; } = 8;

    /// <summary>Gets or sets the highest learning rate.</summary>
    /// <value>Default 1e-3. More than 0.</value>
    public double LearningRate { get; set; } = 1e-3;

    /// <summary>Gets or sets the steps over which the learning rate rises from zero; afterwards it falls to zero along a cosine. At most a tenth of all steps are used.</summary>
    /// <value>Default 200. At least 0.</value>
    public int WarmupSteps { get; set; } = 200;

    /// <summary>Gets or sets the decoupled weight decay of matrices; vectors do not decay.</summary>
    /// <value>Default 0. At least 0.</value>
    public double WeightDecay { get; set; }

    /// <summary>Gets or sets the decay of the gradient's running mean.</summary>
    /// <value>Default 0.9. In [0, 1).</value>
    public double Beta1 { get; set; } = 0.9;

    /// <summary>Gets or sets the decay of the running mean of its square.</summary>
    /// <value>Default 0.98. In [0, 1).</value>
    public double Beta2 { get; set; } = 0.98;

    /// <summary>Gets or sets the largest norm of the whole gradient; a longer one is shortened to it.</summary>
    /// <value>Default 1. More than 0.</value>
    public double ClipNorm { get; set; } = 1;

    /// <summary>Gets or sets the decay of an exponential moving average of the weights, which then replaces them at the end.</summary>
    /// <value>Default 0: no average. In [0, 1).</value>
    public double AverageDecay { get; set; }

    /// <summary>Gets or sets after how many validations without a better result training stops, keeping the best weights. Needs validation examples.</summary>
    /// <value>Default <see langword="null"/>: never. At least 1.</value>
    public int? Patience { get; set; }

    /// <summary>Gets or sets where all random choices begin. On one thread the same seed, data and machine give the same weights, bit for bit; so does the same number of threads.</summary>
    /// <value>Default 1.</value>
    public int Seed { get; set; } = 1;

    /// <summary>Gets or sets the threads that train.</summary>
    /// <value>Default <see langword="null"/>: the cores of this process, which is also the most that are used. At least 1.</value>
    public int? Threads { get; set; }

    /// <summary>Gets or sets the tokens that one thread works on at once; a longer batch is cut and its gradients are summed. Memory grows with it.</summary>
    /// <value>Default 512. At least 1; a single longer example is still taken whole.</value>
    public int TokensAtOnce { get; set; } = 512;

    /// <summary>Gets or sets the file that training goes on from when it was interrupted.</summary>
    /// <value>Default <see langword="null"/>: no checkpoints.</value>
    public string? CheckpointPath { get; set; }

    /// <summary>Gets or sets how often a checkpoint is written; one is also written when training is cancelled.</summary>
    /// <value>Default 30 seconds. Not negative.</value>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets whether an existing checkpoint is gone on from. Otherwise it is overwritten.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool Resume { get; set; }

    internal int ThreadCount => Math.Clamp(Threads ?? Environment.ProcessorCount, 1, Environment.ProcessorCount);

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    internal TuningOptions Validated()
    {
        TuningOptions copy = (TuningOptions)MemberwiseClone();
        ArgumentOutOfRangeException.ThrowIfLessThan(copy.Epochs, 1, nameof(Epochs));
        ArgumentOutOfRangeException.ThrowIfLessThan(copy.BatchSize, 1, nameof(BatchSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(copy.TokensAtOnce, 1, nameof(TokensAtOnce));
        ArgumentOutOfRangeException.ThrowIfNegative(copy.WarmupSteps, nameof(WarmupSteps));
        ArgumentOutOfRangeException.ThrowIfLessThan(copy.Threads ?? 1, 1, nameof(Threads));
        ArgumentOutOfRangeException.ThrowIfLessThan(copy.Patience ?? 1, 1, nameof(Patience));
        RequirePositive(copy.LearningRate, nameof(LearningRate));
        RequirePositive(copy.ClipNorm, nameof(ClipNorm));
        RequirePositive(copy.MaxMinutes ?? 1, nameof(MaxMinutes));
        ArgumentOutOfRangeException.ThrowIfLessThan(copy.CheckpointInterval, TimeSpan.Zero, nameof(CheckpointInterval));
        RequireFraction(copy.Beta1, nameof(Beta1));
        RequireFraction(copy.Beta2, nameof(Beta2));
        RequireFraction(copy.AverageDecay, nameof(AverageDecay));
        if (!(copy.WeightDecay >= 0 && double.IsFinite(copy.WeightDecay)))
        {
            throw new ArgumentOutOfRangeException(nameof(WeightDecay), copy.WeightDecay, "A number of at least 0 was expected.");
        }

        return copy;
    }

    private static void RequirePositive(double value, string name)
    {
        if (!(value > 0 && double.IsFinite(value)))
        {
            throw new ArgumentOutOfRangeException(name, value, "A number above 0 was expected.");
        }
    }

    private static void RequireFraction(double value, string name)
    {
        if (value is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(name, value, "A number from 0 on and below 1 was expected.");
        }
    }
}
