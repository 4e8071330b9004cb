namespace HeteroAgent;

/// <summary>Scores features by the mean of the log-odds of a logistic regression and of boosted trees: what each misses on some hundreds of rows, the other often has.</summary>
internal sealed class AnswerScorer
{
    private readonly LogisticRegression _logistic;
    private readonly GradientBoostedTrees[] _trees;
    private readonly double _treeWeight;

    private AnswerScorer(LogisticRegression logistic, GradientBoostedTrees[] trees, double treeWeight)
    {
        _logistic = logistic;
        _trees = trees;
        _treeWeight = treeWeight;
    }

    internal static AnswerScorer Fit(IReadOnlyList<double[]> rows, IReadOnlyList<bool> labels, AnswerScorerOptions options, CancellationToken cancellationToken)
    {
        LogisticRegression logistic = LogisticRegression.Fit(rows, labels, options.L2);
        float[] flat = [.. rows.SelectMany(r => r).Select(v => (float)v)];
        float[] targets = [.. labels.Select(l => l ? 1f : 0f)];
        GradientBoostedTrees[] trees = new GradientBoostedTrees[options.TreeSeeds];
        for (int i = 0; i < trees.Length; i++)
        {
            GradientBoostedTreesOptions grow = options.Trees with { Seed = options.Trees.Seed + i };
            trees[i] = GradientBoostedTrees.Train(flat, rows[0].Length, targets, default, grow, cancellationToken);
        }

        return new AnswerScorer(logistic, trees, options.TreeWeight);
    }

    /// <summary>The log-odds that the label is true.</summary>
    internal double LogOdds(double[] row)
    {
        double linear = Math.Clamp(_logistic.LogOdds(row), -6, 6);
        if (_trees.Length == 0)
        {
            return linear;
        }

        float[] values = [.. row.Select(v => (float)v)];
        return ((1 - _treeWeight) * linear) + (_treeWeight * _trees.Average(t => t.PredictMargin(values)));
    }
}
