namespace HeteroAgent.Onnx;

/// <summary>How a process verifier is trained.</summary>
public sealed record ProcessVerifierTrainingOptions
{
    private readonly int _folds = 5;
    private readonly int _bags = 3;

    /// <summary>Gets how the trees of the step model are grown.</summary>
    /// <value>Default 300 trees of 12 leaves, learning rate 0.05.</value>
    public GradientBoostedTreesOptions StepTrees { get; init; } = new() { Trees = 300, Leaves = 12, LearningRate = 0.05, L2 = 5, MinLeafRows = 15, FeatureFraction = 0.3, RowFraction = 0.7, Bins = 32 };

    /// <summary>Gets how the trees of the trace model are grown.</summary>
    /// <value>Default 300 trees of 10 leaves, learning rate 0.04.</value>
    public GradientBoostedTreesOptions TraceTrees { get; init; } = new() { Trees = 300, Leaves = 10, LearningRate = 0.04, L2 = 5, MinLeafRows = 15, FeatureFraction = 0.15, RowFraction = 0.7, Bins = 32 };

    /// <summary>Gets the number of folds by which thresholds are chosen on traces that the trees have not seen.</summary>
    /// <value>Default 5.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 2 and 50.</exception>
    public int Folds
    {
        get => _folds;
        init => _folds = value is >= 2 and <= 50 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Between 2 and 50 folds can be made.");
    }

    /// <summary>Gets the number of models with other seeds that are averaged.</summary>
    /// <value>Default 3.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 1 and 50.</exception>
    public int Bags
    {
        get => _bags;
        init => _bags = value is >= 1 and <= 50 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Between 1 and 50 models can be averaged.");
    }

    /// <summary>Gets the seed of the folds, prefixes and trees.</summary>
    /// <value>Default 1. The same traces, options and seed give the same verifier.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Gets how much the step model counts beside the trace model, as a factor on its log-odds.</summary>
    /// <value>Default 0.5.</value>
    public double StepShare { get; init; } = 0.5;
}
