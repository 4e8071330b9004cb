namespace HeteroAgent;

/// <summary>Scores rows by models that have not seen them.</summary>
internal static class ReplayScores
{
    /// <summary>The log-odds that each weak answer is wrong, each from models fitted without the row's fold; and the folds of the first repeat.</summary>
    internal static (double[] Scores, int[] Folds) OutOfFold(ReplayLog log, ReplayFeatures features, ReplayOptions options, CancellationToken cancellationToken)
    {
        string[] prompts = [.. log.Rows.Select(r => r.Prompt)];
        bool[] wrong = [.. log.Rows.Select(r => !r.Weak.IsCorrect)];
        double[] scores = new double[features.Rows.Length];
        int[] first = [];
        for (int repeat = 0; repeat < options.Repeats; repeat++)
        {
            int[] folds = Folds.Assign(prompts, wrong, options.Folds, options.Seed + repeat);
            first = repeat == 0 ? folds : first;
            for (int fold = 0; fold < options.Folds; fold++)
            {
                int[] others = [.. Enumerable.Range(0, scores.Length).Where(i => folds[i] != fold)];
                int[] members = [.. Enumerable.Range(0, scores.Length).Where(i => folds[i] == fold)];
                if (members.Length == 0)
                {
                    continue;
                }

                bool[] labels = [.. others.Select(i => wrong[i])];
                int positives = labels.Count(l => l);
                AnswerScorer? scorer = positives == 0 || positives == labels.Length ? null : Fit(features.Of(others), labels, options, repeat, cancellationToken);
                foreach (int i in members)
                {
                    scores[i] += (scorer?.LogOdds(features.Rows[i], features.PriorOf(i)) ?? 0) / options.Repeats;
                }
            }
        }

        return (scores, first);
    }

    /// <summary>The log-odds that each weak answer is wrong, from models fitted on another log.</summary>
    internal static double[] Fitted(ReplayLog fit, ReplayFeatures fitFeatures, ReplayFeatures features, ReplayOptions options, CancellationToken cancellationToken)
    {
        bool[] wrong = [.. fit.Rows.Select(r => !r.Weak.IsCorrect)];
        double[] scores = new double[features.Rows.Length];
        for (int repeat = 0; repeat < options.Repeats; repeat++)
        {
            AnswerScorer scorer = Fit(fitFeatures, wrong, options, repeat, cancellationToken);
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] += scorer.LogOdds(features.Rows[i], features.PriorOf(i)) / options.Repeats;
            }
        }

        return scores;
    }

    private static AnswerScorer Fit(ReplayFeatures features, bool[] wrong, ReplayOptions options, int repeat, CancellationToken cancellationToken)
    {
        AnswerScorerOptions scorer = new();
        return AnswerScorer.Fit(features, wrong, scorer with { Trees = scorer.Trees with { Seed = (1000 * options.Seed) + repeat + 1 } }, cancellationToken);
    }
}
