namespace HeteroAgent;

/// <summary>What is known about each row of a log: its features, and what the prior says.</summary>
/// <param name="Rows">The features.</param>
/// <param name="Priors">The prior's log-odds that the weak answer is wrong; empty without a prior.</param>
internal sealed record ReplayFeatures(double[][] Rows, double[] Priors)
{
    internal static ReplayFeatures Compute(ReplayLog log, IReadOnlyList<string> signals, ReplayOptions options, CancellationToken cancellationToken)
    {
        double[][] rows = new double[log.Rows.Count][];
        double[] priors = new double[options.Prior is null ? 0 : rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReplayRow row = log.Rows[i];
            string answer = row.Weak.Answer ?? "";
            AnswerText text = new(row.Prompt, answer);
            FeatureList features = AnswerFeatures.Compute(text, options.Prior);
            if (options.Prior is { } prior)
            {
                priors[i] = prior.LogOddsWrong(text, features);
            }

            if (options.UseMarks)
            {
                AnswerMarkFeatures.Add(features, text, answer);
            }

            foreach (string signal in signals)
            {
                features.Add("signal_" + signal, row.Weak.Signals.TryGetValue(signal, out double value) ? value : double.NaN);
            }

            rows[i] = features.ToArray();
        }

        return new ReplayFeatures(rows, priors);
    }

    /// <summary>The names of the signals that any row of the logs carries.</summary>
    internal static string[] SignalsOf(params ReplayLog[] logs) => [.. logs.SelectMany(l => l.Rows).SelectMany(r => r.Weak.Signals.Keys).Distinct().Order(StringComparer.Ordinal)];

    internal ReplayFeatures Of(int[] rows) => new([.. rows.Select(i => Rows[i])], Priors.Length == 0 ? [] : [.. rows.Select(i => Priors[i])]);

    internal double? PriorOf(int row) => Priors.Length == 0 ? null : Priors[row];
}
