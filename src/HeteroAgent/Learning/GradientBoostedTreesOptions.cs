namespace HeteroAgent;

/// <summary>How <see cref="GradientBoostedTrees"/> are grown.</summary>
/// <remarks>Immutable. The ranges are checked when training starts.</remarks>
public sealed record GradientBoostedTreesOptions
{
    /// <summary>Gets the number of trees, from 1 to 100,000.</summary>
    /// <value>Default 250.</value>
    public int Trees { get; init; } = 250;

    /// <summary>Gets the largest number of leaves of one tree, from 2 to 255. The leaf whose split gains most is split next.</summary>
    /// <value>Default 15.</value>
    public int Leaves { get; init; } = 15;

    /// <summary>Gets the factor by which each tree's output is shrunk, in (0, 1].</summary>
    /// <value>Default 0.05.</value>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>Gets the squared penalty on a leaf's output, at least 0.</summary>
    /// <value>Default 1.</value>
    public double L2 { get; init; } = 1;

    /// <summary>Gets the least sum of second derivatives that a leaf must hold, at least 0: for the logistic loss about the number of rows times p(1 − p).</summary>
    /// <value>Default 1.</value>
    public double MinLeafHessian { get; init; } = 1;

    /// <summary>Gets the least number of sampled rows in a leaf, at least 1.</summary>
    /// <value>Default 5.</value>
    public int MinLeafRows { get; init; } = 5;

    /// <summary>Gets the share of the rows that each tree sees, in (0, 1].</summary>
    /// <value>Default 0.8.</value>
    public double RowFraction { get; init; } = 0.8;

    /// <summary>Gets the share of the features that each tree sees, in (0, 1].</summary>
    /// <value>Default 0.5.</value>
    public double FeatureFraction { get; init; } = 0.5;

    /// <summary>Gets the largest number of bins into which a feature's values are sorted, from 2 to 255. Missing values have a bin of their own.</summary>
    /// <value>Default 64.</value>
    public int Bins { get; init; } = 64;

    /// <summary>Gets the seed of the row and feature samples.</summary>
    /// <value>Default 1. The same data, options and seed give the same trees.</value>
    public int Seed { get; init; } = 1;

    internal void Validate()
    {
        Require(Trees is >= 1 and <= 100_000, nameof(Trees), Trees, "from 1 to 100,000");
        Require(Leaves is >= 2 and <= 255, nameof(Leaves), Leaves, "from 2 to 255");
        Require(LearningRate is > 0 and <= 1, nameof(LearningRate), LearningRate, "in (0, 1]");
        Require(L2 is >= 0 and < double.PositiveInfinity, nameof(L2), L2, "at least 0");
        Require(MinLeafHessian is >= 0 and < double.PositiveInfinity, nameof(MinLeafHessian), MinLeafHessian, "at least 0");
        Require(MinLeafRows >= 1, nameof(MinLeafRows), MinLeafRows, "at least 1");
        Require(RowFraction is > 0 and <= 1, nameof(RowFraction), RowFraction, "in (0, 1]");
        Require(FeatureFraction is > 0 and <= 1, nameof(FeatureFraction), FeatureFraction, "in (0, 1]");
        Require(Bins is >= 2 and <= 255, nameof(Bins), Bins, "from 2 to 255");
    }

    private static void Require(bool holds, string name, object value, string accepted)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {accepted}.");
        }
    }
}
