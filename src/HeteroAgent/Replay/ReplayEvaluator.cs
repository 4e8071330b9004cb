namespace HeteroAgent;

/// <summary>Replays a log of two models' answers: what escalating the doubtful weak answers would have cost and gained.</summary>
/// <remarks>
/// <para>Two scores, "the weak answer is wrong" and "the strong answer will be wrong", are fitted on the texts of question and weak answer, the recorded signals and the correctness of other rows. Calls are sent up in the
/// order of the difference of the two probabilities: what the strong model is expected to add. A row is never scored by a model that saw it or its prompt; neither the strong answer nor the correctness of the row itself
/// is a feature.</para>
/// <para>Stateless, and safe for concurrent use.</para>
/// </remarks>
public static class ReplayEvaluator
{
    /// <summary>The least number of rows for which anything beyond the accuracies is reported.</summary>
    public const int MinimumRows = 20;

    // With fewer of one kind than this, some fold would be fitted on next to none.
    private const int MinimumOfAKind = 5;

    /// <summary>Replays a log out of fold.</summary>
    /// <param name="log">The log.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the replay between models.</param>
    /// <returns>The report. On too few rows it holds the accuracies and <see cref="ReplayVerdict.TooFewRows"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="log"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The log has no rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static ReplayReport Evaluate(ReplayLog log, ReplayOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(log, null, options ?? new ReplayOptions(), cancellationToken);

    /// <summary>Replays a log with everything fitted on another one: scores and thresholds.</summary>
    /// <param name="log">The log to measure on.</param>
    /// <param name="fit">The log to fit on. Rows of it whose prompt also occurs in <paramref name="log"/> are left out.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the replay between models.</param>
    /// <returns>The report. On too few rows of either log it holds the accuracies and <see cref="ReplayVerdict.TooFewRows"/>.</returns>
    /// <exception cref="ArgumentNullException">A log is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A log has no rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static ReplayReport Evaluate(ReplayLog log, ReplayLog fit, ReplayOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(fit);
        if (fit.Rows.Count == 0)
        {
            throw new ArgumentException("The log to fit on has no rows.", nameof(fit));
        }

        HashSet<string> measured = [.. log.Rows.Select(r => r.Prompt)];
        return Run(log, new ReplayLog(fit.Rows.Where(r => !measured.Contains(r.Prompt))), options ?? new ReplayOptions(), cancellationToken);
    }

    private static ReplayReport Run(ReplayLog log, ReplayLog? fit, ReplayOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        options.Validate();
        if (log.Rows.Count == 0)
        {
            throw new ArgumentException("The log has no rows.", nameof(log));
        }

        ReplayReport report = EvaluateOnce(log, fit, options, cancellationToken);
        return options.UseMarks && options.ReportWithoutMarks && report.Verdict != ReplayVerdict.TooFewRows
            ? report with { WithoutMarks = EvaluateOnce(log, fit, options with { UseMarks = false }, cancellationToken) }
            : report;
    }

    private static ReplayReport EvaluateOnce(ReplayLog log, ReplayLog? fit, ReplayOptions options, CancellationToken cancellationToken)
    {
        string[] prompts = [.. log.Rows.Select(r => r.Prompt)];
        if ((TooFew(log, "log") ?? (fit is null ? null : TooFew(fit, "log to fit on"))) is { } few)
        {
            Estimate[] accuracies = ReplayBootstrap.Estimate(new ReplayMeasures(log, new ReplayScores(new double[log.Rows.Count], new double[log.Rows.Count]), null), prompts, options, cancellationToken);
            return Empty(log, fit, accuracies) with { Verdict = ReplayVerdict.TooFewRows, VerdictText = few };
        }

        string[] signals = fit is null ? ReplayFeatures.SignalsOf(log) : ReplayFeatures.SignalsOf(log, fit);
        ReplayFeatures features = ReplayFeatures.Compute(log, signals, options, cancellationToken);
        ReplayScores scores;
        bool[] heldOut;
        if (fit is null)
        {
            (scores, int[] folds) = ReplayScores.OutOfFold(log, features, options, cancellationToken);
            heldOut = HeldOut(log, scores.Gain, folds);
        }
        else
        {
            ReplayFeatures fitFeatures = ReplayFeatures.Compute(fit, signals, options, cancellationToken);
            scores = ReplayScores.Fitted(fit, fitFeatures, features, options, cancellationToken);
            double[] fitGain = ReplayScores.OutOfFold(fit, fitFeatures, options, cancellationToken).Scores.Gain;
            double threshold = Threshold(fit, fitGain, [.. Enumerable.Range(0, fitGain.Length)]);
            heldOut = [.. scores.Gain.Select(s => s >= threshold)];
        }

        ReplayMeasures measures = new(log, scores, heldOut);
        Estimate[] e = ReplayBootstrap.Estimate(measures, prompts, options, cancellationToken);
        ReplayReport report = Empty(log, fit, e) with
        {
            FeatureCount = features.Rows[0].Length,
            AucWeakWrong = e[(int)Measure.Auc],
            Apgr = e[(int)Measure.Apgr],
            Cpt50 = e[(int)Measure.Cpt50],
            Cpt80 = e[(int)Measure.Cpt80],
            CallsAt95OfStrong = e[(int)Measure.CallsAt95OfStrong],
            CallsAt95OfGap = e[(int)Measure.CallsAt95OfGap],
            RandomCallsAt95OfStrong = e[(int)Measure.RandomCallsAt95OfStrong],
            ApgrOverRandom = e[(int)Measure.ApgrOverRandom],
            CallsSavedOverRandom = e[(int)Measure.CallsSaved],
            CostAt95OfStrong = e[(int)Measure.Cost],
            HeldOutCalls = e[(int)Measure.HeldOutCalls],
            HeldOutShareOfStrong = e[(int)Measure.HeldOutShareOfStrong],
            RiskCoverage = measures.RiskCoverage(),
        };
        (ReplayVerdict verdict, string text) = VerdictWriter.Write(report, e[(int)Measure.Gap]);
        return report with { Verdict = verdict, VerdictText = text };
    }

    private static ReplayReport Empty(ReplayLog log, ReplayLog? fit, Estimate[] e) => new()
    {
        Count = log.Rows.Count,
        DuplicatePrompts = log.DuplicatePrompts,
        FittedOn = fit?.Rows.Count ?? 0,
        WeakAccuracy = e[(int)Measure.WeakAccuracy],
        StrongAccuracy = e[(int)Measure.StrongAccuracy],
        Verdict = ReplayVerdict.TooFewRows,
        VerdictText = "",
    };

    private static string? TooFew(ReplayLog log, string what)
    {
        int right = log.Rows.Count(r => r.Weak.IsCorrect);
        int wrong = log.Rows.Count - right;
        return log.Rows.Count < MinimumRows || Math.Min(right, wrong) < MinimumOfAKind
            ? $"Too few rows to tell: the {what} has {log.Rows.Count} with {right} right and {wrong} wrong weak answers; at least {MinimumRows} with {MinimumOfAKind} of each are needed."
            : null;
    }

    // Each fold is decided by the threshold that reaches 95 % of the strong accuracy on the other folds.
    private static bool[] HeldOut(ReplayLog log, double[] scores, int[] folds)
    {
        bool[] sent = new bool[scores.Length];
        foreach (int fold in folds.Distinct())
        {
            double threshold = Threshold(log, scores, [.. Enumerable.Range(0, scores.Length).Where(i => folds[i] != fold)]);
            for (int i = 0; i < scores.Length; i++)
            {
                sent[i] |= folds[i] == fold && scores[i] >= threshold;
            }
        }

        return sent;
    }

    // The highest score at which escalating from there up reaches 95 % of the strong accuracy on these rows.
    private static double Threshold(ReplayLog log, double[] scores, int[] rows)
    {
        int[] order = [.. rows.OrderByDescending(i => scores[i])];
        double target = 0.95 * rows.Count(i => log.Rows[i].Strong.IsCorrect);
        double right = rows.Count(i => log.Rows[i].Weak.IsCorrect);
        if (right >= target)
        {
            return double.PositiveInfinity;
        }

        for (int k = 0; k < order.Length; k++)
        {
            ReplayRow row = log.Rows[order[k]];
            right += (row.Strong.IsCorrect ? 1 : 0) - (row.Weak.IsCorrect ? 1 : 0);
            bool lastOfTie = k + 1 == order.Length || scores[order[k + 1]] < scores[order[k]];
            if (right >= target && lastOfTie)
            {
                return scores[order[k]];
            }
        }

        return double.NegativeInfinity;
    }
}
