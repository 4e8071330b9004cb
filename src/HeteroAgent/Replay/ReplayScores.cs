namespace HeteroAgent;

/// <summary>Scores of rows by models that have not seen them.</summary>
/// <param name="Risk">The log-odds that the weak answer is wrong.</param>
/// <param name="Gain">What the strong model is expected to add: P(weak wrong) − P(strong wrong). The rows with the most are sent first; a question that both get wrong is not worth a call.</param>
internal sealed record ReplayScores(double[] Risk, double[] Gain)
{
    /// <summary>Each row's scores from models fitted without its fold, averaged over the repeats; and the folds of the first repeat.</summary>
    internal static (ReplayScores Scores, int[] Folds) OutOfFold(ReplayLog log, ReplayFeatures features, ReplayOptions options, CancellationToken cancellationToken)
    {
        string[] prompts = [.. log.Rows.Select(r => r.Prompt)];
        bool[] wrong = WeakWrong(log);
        bool[] strongWrong = StrongWrong(log);
        double[] risk = new double[features.Rows.Length];
        double[] strongRisk = new double[risk.Length];
        int[] first = [];
        for (int repeat = 0; repeat < options.Repeats; repeat++)
        {
            int[] folds = HeteroAgent.Folds.Assign(prompts, wrong, options.Folds, options.Seed + repeat);
            first = repeat == 0 ? folds : first;
            for (int fold = 0; fold < options.Folds; fold++)
            {
                int[] members = [.. Enumerable.Range(0, risk.Length).Where(i => folds[i] == fold)];
                if (members.Length > 0)
                {
                    int[] others = [.. Enumerable.Range(0, risk.Length).Where(i => folds[i] != fold)];
                    ReplayFeatures fitting = features.Of(others);
                    Add(risk, Fit(fitting, [.. others.Select(i => wrong[i])], options, repeat, cancellationToken), features, members, options);
                    Add(strongRisk, Fit(fitting, [.. others.Select(i => strongWrong[i])], options, repeat, cancellationToken), features, members, options);
                }
            }
        }

        return (Create(risk, strongRisk), first);
    }

    /// <summary>The scores of rows by models fitted on another log.</summary>
    internal static ReplayScores Fitted(ReplayLog fit, ReplayFeatures fitFeatures, ReplayFeatures features, ReplayOptions options, CancellationToken cancellationToken)
    {
        double[] risk = new double[features.Rows.Length];
        double[] strongRisk = new double[risk.Length];
        int[] all = [.. Enumerable.Range(0, risk.Length)];
        for (int repeat = 0; repeat < options.Repeats; repeat++)
        {
            Add(risk, Fit(fitFeatures, WeakWrong(fit), options, repeat, cancellationToken), features, all, options);
            Add(strongRisk, Fit(fitFeatures, StrongWrong(fit), options, repeat, cancellationToken), features, all, options);
        }

        return Create(risk, strongRisk);
    }

    private static bool[] WeakWrong(ReplayLog log) => [.. log.Rows.Select(r => !r.Weak.IsCorrect)];

    private static bool[] StrongWrong(ReplayLog log) => [.. log.Rows.Select(r => !r.Strong.IsCorrect)];

    private static ReplayScores Create(double[] risk, double[] strongRisk) => new(risk, [.. risk.Zip(strongRisk, (w, s) => Logistic.Probability(w) - Logistic.Probability(s))]);

    private static void Add(double[] scores, AnswerScorer? scorer, ReplayFeatures features, int[] rows, ReplayOptions options)
    {
        foreach (int i in rows)
        {
            scores[i] += (scorer?.LogOdds(features.Rows[i], features.PriorOf(i)) ?? 0) / options.Repeats;
        }
    }

    // Of one class only there is nothing to learn; every row then gets the same score.
    private static AnswerScorer? Fit(ReplayFeatures features, bool[] labels, ReplayOptions options, int repeat, CancellationToken cancellationToken)
    {
        int positives = labels.Count(l => l);
        if (positives == 0 || positives == labels.Length)
        {
            return null;
        }

        AnswerScorerOptions scorer = new();
        return AnswerScorer.Fit(features, labels, scorer with { Trees = scorer.Trees with { Seed = (1000 * options.Seed) + repeat + 1 } }, cancellationToken);
    }
}
