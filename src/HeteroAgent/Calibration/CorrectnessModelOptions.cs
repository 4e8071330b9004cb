namespace HeteroAgent;

/// <summary>How a <see cref="CorrectnessModel"/> is fitted.</summary>
/// <remarks>Immutable.</remarks>
public sealed record CorrectnessModelOptions
{
    /// <summary>Gets the L2 penalty of the logistic regression, above 0.</summary>
    /// <value>Default 1.</value>
    public double L2 { get; init; } = 1;

    /// <summary>Gets whether the log-odds are mapped to probabilities by isotonic regression on out-of-fold log-odds. It needs some hundreds of labels to be worth it, and ties calls that it cannot tell apart.</summary>
    /// <value>Default <see langword="false"/>: the logistic function.</value>
    public bool UseIsotonic { get; init; }

    /// <summary>Gets the number of folds of the out-of-fold predictions, at least 2; fewer where there are fewer groups.</summary>
    /// <value>Default 5.</value>
    public int Folds { get; init; } = 5;

    /// <summary>Gets the seed by which calls are dealt into folds.</summary>
    /// <value>Default 0.</value>
    public int Seed { get; init; }
}
