namespace HeteroAgent;

/// <summary>The rows of features of a log.</summary>
internal static class ReplayFeatures
{
    internal static double[][] Compute(ReplayLog log, IReadOnlyList<string> signals, ReplayOptions options, CancellationToken cancellationToken)
    {
        double[][] rows = new double[log.Rows.Count][];
        for (int i = 0; i < rows.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReplayRow row = log.Rows[i];
            string answer = row.Weak.Answer ?? "";
            FeatureList features = AnswerFeatures.Compute(row.Prompt, answer, options.UseMarks);
            foreach (string signal in signals)
            {
                features.Add("signal_" + signal, row.Weak.Signals.TryGetValue(signal, out double value) ? value : double.NaN);
            }

            if (options.Prior is { } prior)
            {
                features.Add("prior", prior.LogOddsWrong(row.Prompt, answer));
            }

            rows[i] = features.ToArray();
        }

        return rows;
    }

    /// <summary>The names of the signals that any row of the logs carries.</summary>
    internal static string[] SignalsOf(params ReplayLog[] logs) => [.. logs.SelectMany(l => l.Rows).SelectMany(r => r.Weak.Signals.Keys).Distinct().Order(StringComparer.Ordinal)];
}
