namespace HeteroAgent;

/// <summary>Gradient-boosted trees for a yes-or-no question: a sum of small trees whose logistic function is a probability.</summary>
/// <remarks>
/// <para>Second-order boosting on the logistic loss with a learned direction for missing values (Chen and Guestrin, XGBoost, arXiv 1603.02754), grown leaf by leaf on histograms (Ke et al., LightGBM, 2017).</para>
/// <para>Immutable once trained and safe for concurrent use. Training is deterministic and runs on the calling thread.</para>
/// </remarks>
public sealed partial class GradientBoostedTrees
{
    private readonly RegressionTree[] _trees;

    internal GradientBoostedTrees(int featureCount, float baseMargin, RegressionTree[] trees)
    {
        FeatureCount = featureCount;
        BaseMargin = baseMargin;
        _trees = trees;
    }

    /// <summary>Gets the number of features of a row.</summary>
    public int FeatureCount { get; }

    /// <summary>Gets the log-odds before any tree: those of the weighted share of ones.</summary>
    public float BaseMargin { get; }

    /// <summary>Gets the trees in the order they were grown.</summary>
    public IReadOnlyList<RegressionTree> Trees => _trees;

    /// <summary>Grows trees.</summary>
    /// <param name="features">The rows one after another, <paramref name="featureCount"/> values each; NaN is a missing value, infinities are allowed.</param>
    /// <param name="featureCount">The number of features of a row, at least 1.</param>
    /// <param name="labels">One label a row, in [0, 1]; values between are soft labels.</param>
    /// <param name="weights">One weight a row, finite and at least 0; empty for 1 everywhere.</param>
    /// <param name="options">How to grow them; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels between trees.</param>
    /// <returns>The trees.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit together, there is no row, or no weight is above 0.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option, label or weight is outside its range.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static GradientBoostedTrees Train(
        ReadOnlySpan<float> features,
        int featureCount,
        ReadOnlySpan<float> labels,
        ReadOnlySpan<float> weights = default,
        GradientBoostedTreesOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new GradientBoostedTreesOptions();
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        if (labels.IsEmpty || features.Length != (long)labels.Length * featureCount)
        {
            throw new ArgumentException($"{labels.Length} labels of {featureCount} features need {(long)labels.Length * featureCount} values and at least one row; there are {features.Length}.", nameof(features));
        }

        if (!weights.IsEmpty && weights.Length != labels.Length)
        {
            throw new ArgumentException($"There are {weights.Length} weights for {labels.Length} labels; give one a row or none.", nameof(weights));
        }

        BinnedFeatures binned = BinnedFeatures.Create(features, featureCount, labels.Length, options.Bins);
        return new BoostingRun(binned, labels, weights, options).Grow(cancellationToken);
    }

    /// <summary>Gives the log-odds of one row.</summary>
    /// <param name="row">The row's <see cref="FeatureCount"/> values.</param>
    /// <exception cref="ArgumentException"><paramref name="row"/> has another length.</exception>
    public double PredictMargin(ReadOnlySpan<float> row)
    {
        if (row.Length != FeatureCount)
        {
            throw new ArgumentException($"The row has {row.Length} values; the trees were grown on {FeatureCount}.", nameof(row));
        }

        double margin = BaseMargin;
        foreach (RegressionTree tree in _trees)
        {
            margin += tree.Output(row);
        }

        return margin;
    }

    /// <summary>Gives the probability of one for one row, in (0, 1).</summary>
    /// <param name="row">The row's <see cref="FeatureCount"/> values.</param>
    /// <exception cref="ArgumentException"><paramref name="row"/> has another length.</exception>
    public double Predict(ReadOnlySpan<float> row) => Logistic.Probability(PredictMargin(row));
}
