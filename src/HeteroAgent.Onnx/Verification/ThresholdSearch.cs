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

    private static double Best(IReadOnlyList<Held> held, Func<double, double, double, double> measure)
    {
        Held[] sorted = [.. held.OrderByDescending(static h => h.Margin)];
        int flawed = sorted.Count(static h => h.Flawed);
        int sound = sorted.Length - flawed;
        double[] values = new double[sorted.Length + 1];
        int found = 0;
        int alarms = 0;
        for (int i = 0; i <= sorted.Length; i++)
        {
            values[i] = measure(flawed == 0 ? 0 : (double)found / flawed, sound == 0 ? 1 : 1 - (double)alarms / sound, (double)flawed / Math.Max(sorted.Length, 1));
            if (i < sorted.Length)
            {
                found += sorted[i].Flawed && sorted[i].Placed ? 1 : 0;
                alarms += sorted[i].Flawed ? 0 : 1;
            }
        }

        // A moving average over a twentieth of the traces on either side: a single lucky trace must not choose.
        int reach = Math.Max(1, sorted.Length / 20);
        int best = Enumerable.Range(0, values.Length).MaxBy(i => Smoothed(values, i, reach));
        return best == 0 ? sorted.Length == 0 ? 0 : sorted[0].Margin + 0.5
            : best == sorted.Length ? sorted[^1].Margin - 0.5
            : (sorted[best - 1].Margin + sorted[best].Margin) / 2;
    }

    private static double Smoothed(double[] values, int at, int reach)
    {
        int from = Math.Max(0, at - reach);
        int to = Math.Min(values.Length - 1, at + reach);
        return values.AsSpan(from, to - from + 1).ToArray().Average();
    }
}
