namespace HeteroAgent.Onnx;

/// <summary>Finds the log-odds from which on a trace counts as flawed, on traces that the trees have not seen.</summary>
internal static class ThresholdSearch
{
    /// <summary>One trace that was held out.</summary>
    /// <param name="Margin">The log-odds that it is flawed.</param>
    /// <param name="Flawed">Whether it is.</param>
    /// <param name="Placed">Whether the most likely place of the first error is the right one.</param>
    internal readonly record struct Held(double Margin, bool Flawed, bool Placed);

    /// <summary>The threshold with the best harmonic mean of the accuracy on flawed traces (right place) and on sound ones (none found), as ProcessBench measures it.</summary>
    public static double BestF1(IReadOnlyList<Held> held) => Best(held, static (foundOfFlawed, keptOfSound, _) =>
        foundOfFlawed + keptOfSound > 0 ? 2 * foundOfFlawed * keptOfSound / (foundOfFlawed + keptOfSound) : 0);

    /// <summary>The threshold with the highest share of traces whose first error, or lack of one, is told exactly.</summary>
    public static double BestAccuracy(IReadOnlyList<Held> held) => Best(held, static (foundOfFlawed, keptOfSound, flawedShare) =>
        foundOfFlawed * flawedShare + keptOfSound * (1 - flawedShare));

    // A threshold read off the counts themselves follows single lucky traces where there are few. So the counts are replaced by what they are expected to be:
    // two logistic curves over the margin, "sound" and "flawed and rightly placed".
    private static double Best(IReadOnlyList<Held> held, Func<double, double, double, double> measure)
    {
        Held[] sorted = [.. held.OrderByDescending(static h => h.Margin)];
        double[] placed = Curve(sorted, static h => h.Flawed && h.Placed);
        double[] sound = Curve(sorted, static h => !h.Flawed);
        double allFlawed = sorted.Length - sound.Sum();
        double allSound = sound.Sum();
        double found = 0;
        double alarms = 0;
        int best = 0;
        double highest = double.NegativeInfinity;
        for (int i = 0; i <= sorted.Length; i++)
        {
            double value = measure(allFlawed > 0 ? found / allFlawed : 0, allSound > 0 ? 1 - alarms / allSound : 1, allFlawed / Math.Max(sorted.Length, 1));
            if (value > highest)
            {
                (highest, best) = (value, i);
            }

            if (i < sorted.Length)
            {
                found += placed[i];
                alarms += sound[i];
            }
        }

        return sorted.Length == 0 ? 0
            : best == 0 ? sorted[0].Margin + 0.5
            : best == sorted.Length ? sorted[^1].Margin - 0.5
            : (sorted[best - 1].Margin + sorted[best].Margin) / 2;
    }

    private static double[] Curve(Held[] rows, Func<Held, bool> isOne)
    {
        bool[] labels = [.. rows.Select(isOne)];
        if (labels.Distinct().Count() < 2)
        {
            return [.. labels.Select(static l => l ? 1.0 : 0)];
        }

        double[][] margins = [.. rows.Select(static r => new[] { r.Margin })];
        LogisticRegression curve = LogisticRegression.Fit(margins, labels);
        return [.. margins.Select(m => curve.Predict(m))];
    }
}
