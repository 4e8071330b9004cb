
namespace HeteroAgent.Cli;

/// <summary>The measures by which process verifiers are compared.</summary>
internal static class Measures
{
    private const double FalseAlarms = 0.1;

    /// <summary>ProcessBench's F1: the harmonic mean of the accuracy on flawed traces (the exact step) and on sound ones.</summary>
    public static double F1(IReadOnlyList<HeldOutTrace> rows)
    {
        double found = Share(rows.Where(static r => r.IsFlawed), static r => r.IsExact);
        double kept = Share(rows.Where(static r => !r.IsFlawed), static r => r.IsExact);
        return found + kept > 0 ? 2 * found * kept / (found + kept) : 0;
    }

    /// <summary>The share of traces whose first error, or lack of one, is told exactly.</summary>
    public static double FirstErrorAccuracy(IReadOnlyList<HeldOutTrace> rows) => Share(rows, static r => r.IsExact);

    /// <summary>The share of flawed traces whose most likely place is the right one, whatever the threshold.</summary>
    public static double PlaceAccuracy(IReadOnlyList<HeldOutTrace> rows) => Share(rows.Where(static r => r.IsFlawed), static r => r.Place == r.Trace.Labeled.FirstError);

    /// <summary>The macro-averaged F1 of "flawed" and "sound".</summary>
    public static double MacroF1(IReadOnlyList<HeldOutTrace> rows)
    {
        double of(bool flawed)
        {
            int both = rows.Count(r => r.IsFlawed == flawed && r.Result.IsFlawed == flawed);
            int either = rows.Count(r => r.IsFlawed == flawed) + rows.Count(r => r.Result.IsFlawed == flawed);
            return either == 0 ? 0 : 2.0 * both / either;
        }

        return (of(true) + of(false)) / 2;
    }

    /// <summary>The probability that a flawed trace scores above a sound one.</summary>
    public static double Auc(IReadOnlyList<HeldOutTrace> rows)
    {
        (double Margin, bool Flawed)[] sorted = [.. rows.Select(static r => (r.Margin, r.IsFlawed)).OrderBy(static r => r.Margin)];
        double flawed = sorted.Count(static r => r.Flawed);
        double sound = sorted.Length - flawed;
        double wins = 0;
        double below = 0;
        for (int i = 0; i < sorted.Length;)
        {
            int end = i;
            double soundHere = 0;
            double flawedHere = 0;
            for (; end < sorted.Length && sorted[end].Margin == sorted[i].Margin; end++)
            {
                soundHere += sorted[end].Flawed ? 0 : 1;
                flawedHere += sorted[end].Flawed ? 1 : 0;
            }

            wins += flawedHere * (below + soundHere / 2);
            below += soundHere;
            i = end;
        }

        return flawed == 0 || sound == 0 ? double.NaN : wins / (flawed * sound);
    }

    /// <summary>Of the traces that reach the right answer by a wrong step, the share found where a tenth of the right and sound ones is alarmed falsely.</summary>
    public static double RightForWrongReasons(IReadOnlyList<HeldOutTrace> rows)
    {
        double[] sound = [.. rows.Where(static r => r.Trace.IsAnswerRight == true && !r.IsFlawed).Select(static r => r.Margin).OrderDescending()];
        if (sound.Length == 0)
        {
            return double.NaN;
        }

        double threshold = sound[Math.Min((int)(sound.Length * FalseAlarms), sound.Length - 1)];
        return Share(rows.Where(static r => r.Trace.IsAnswerRight == true && r.IsFlawed), r => r.Margin > threshold);
    }

    /// <summary>The share of judged steps whose label (right or wrong; neutral ones count as missed) is told by a step score of at least, or below, one half.</summary>
    public static double StepAccuracy(IReadOnlyList<HeldOutTrace> rows)
    {
        int right = 0;
        int all = 0;
        foreach (HeldOutTrace row in rows)
        {
            for (int i = 0; i < row.Trace.StepLabels.Count; i++)
            {
                all++;
                right += row.Trace.StepLabels[i] == (row.Result.Steps[i].Score >= 0.5 ? 1 : -1) ? 1 : 0;
            }
        }

        return all == 0 ? double.NaN : (double)right / all;
    }

    private static double Share(IEnumerable<HeldOutTrace> rows, Func<HeldOutTrace, bool> test)
    {
        int all = 0;
        int passed = 0;
        foreach (HeldOutTrace row in rows)
        {
            all++;
            passed += test(row) ? 1 : 0;
        }

        return all == 0 ? double.NaN : (double)passed / all;
    }
}
