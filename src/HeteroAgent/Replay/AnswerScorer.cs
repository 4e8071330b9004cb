namespace HeteroAgent;

/// <summary>
/// Scores answers by the mean of the log-odds of a logistic regression and of boosted trees, since what each misses on some hundreds of rows the other often has; a prior's opinion is added as far as it
/// was right on the fitting rows.
/// </summary>
internal sealed class AnswerScorer
{
    private readonly LogisticRegression _logistic;
    private readonly GradientBoostedTrees _trees;
    private readonly LogisticRegression? _prior;
    private readonly AnswerScorerOptions _options;

    private AnswerScorer(LogisticRegression logistic, GradientBoostedTrees trees, LogisticRegression? prior, AnswerScorerOptions options)
    {
        _logistic = logistic;
        _trees = trees;
        _prior = prior;
        _options = options;
    }

    internal static AnswerScorer Fit(ReplayFeatures features, IReadOnlyList<bool> labels, AnswerScorerOptions options, CancellationToken cancellationToken)
    {
        double[][] rows = features.Rows;
        LogisticRegression logistic = LogisticRegression.Fit(rows, labels, options.L2);
        GradientBoostedTrees trees = GradientBoostedTrees.Train(
            [.. rows.SelectMany(r => r).Select(v => (float)v)], rows[0].Length, [.. labels.Select(l => l ? 1f : 0f)], default, options.Trees, cancellationToken);

        // The prior has not seen these rows' questions, so that one slope measures how much it is worth here: none on a log that it knows nothing about.
        LogisticRegression? prior = features.Priors.Length == 0 ? null : LogisticRegression.Fit([.. features.Priors.Select(p => new[] { p })], labels);
        return new AnswerScorer(logistic, trees, prior, options);
    }

    /// <summary>The log-odds that the label is true: the mean of the rows' own opinion and the prior's, by their weights.</summary>
    internal double LogOdds(double[] row, double? prior)
    {
        double linear = Math.Clamp(_logistic.LogOdds(row), -6, 6);
        double grown = _trees.PredictMargin([.. row.Select(v => (float)v)]);
        double own = ((1 - _options.TreeWeight) * linear) + (_options.TreeWeight * grown);
        return _prior is not null && prior is { } value ? (own + (_options.PriorWeight * _prior.LogOdds([value]))) / (1 + _options.PriorWeight) : own;
    }
}
