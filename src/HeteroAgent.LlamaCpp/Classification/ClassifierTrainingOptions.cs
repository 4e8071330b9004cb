namespace HeteroAgent.LlamaCpp;

/// <summary>How a <see cref="ClassifierHead"/> is trained. Read once when training starts.</summary>
public sealed class ClassifierTrainingOptions
{
    /// <summary>Gets or sets C, the inverse strength of the penalty: C times the summed cross-entropy and half the sum of squared weights are minimised together, as in scikit-learn.</summary>
    /// <value>A finite number above 0. Default 30.</value>
    public double InversePenalty { get; set; } = 30;

    /// <summary>Gets or sets whether C is chosen among 1, 3, 10, 30, 100 and <see cref="InversePenalty"/>, by the log-loss on examples held out. It takes about six times as long.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool SearchInversePenalty { get; set; }

    /// <summary>Gets or sets in how many folds the examples are dealt for measuring what is chosen out of fold. As many folds are held out in turn as give 2,000 examples, at most all.</summary>
    /// <value>From 2 to 20. Default 5.</value>
    public int Folds { get; set; } = 5;

    /// <summary>Gets or sets the share of messages in scope that may be refused as out of scope: the threshold is that quantile of their scores out of fold.</summary>
    /// <value>In [0, 1); 0 refuses nothing. Default .05. Not read where <see cref="OutOfScope"/> has texts.</value>
    public double RefusalRate { get; set; } = 0.05;

    /// <summary>Gets or sets texts that belong to no label. The head is not fitted on them: the threshold is put where the mean of the two rates, in scope kept and out of scope refused, is highest out of fold.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyList<string> OutOfScope { get; set; } = [];

    /// <summary>Gets or sets in how many bits the head keeps a weight.</summary>
    /// <value>Default <see cref="ClassifierPrecision.Automatic"/>.</value>
    public ClassifierPrecision Precision { get; set; }

    /// <summary>Gets or sets the most threads that fit. The result does not depend on it.</summary>
    /// <value>At least 1. Default <see langword="null"/>: the cores of this process. Never more than the cores are used.</value>
    public int? Threads { get; set; }

    /// <summary>Gets or sets the seed by which examples are dealt into folds.</summary>
    /// <value>Default 1.</value>
    public int Seed { get; set; } = 1;

    internal ClassifierTrainingOptions Validated()
    {
        if (!(InversePenalty > 0 && double.IsFinite(InversePenalty)))
        {
            throw new ArgumentOutOfRangeException(nameof(InversePenalty), InversePenalty, "C is a finite number above 0.");
        }

        if (Folds is < 2 or > 20)
        {
            throw new ArgumentOutOfRangeException(nameof(Folds), Folds, "There are from 2 to 20 folds.");
        }

        if (!(RefusalRate is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(RefusalRate), RefusalRate, "The share that may be refused is at least 0 and below 1.");
        }

        if (!Enum.IsDefined(Precision))
        {
            throw new ArgumentOutOfRangeException(nameof(Precision), Precision, "The precision is one of the members of ClassifierPrecision.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(Threads ?? 1, 1, nameof(Threads));
        ArgumentNullException.ThrowIfNull(OutOfScope);
        return OutOfScope.Any(static t => t is null)
            ? throw new ArgumentException("A text out of scope is null.", nameof(OutOfScope))
            : (ClassifierTrainingOptions)MemberwiseClone();
    }
}
