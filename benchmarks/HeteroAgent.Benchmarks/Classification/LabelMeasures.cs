namespace HeteroAgent.Benchmarks;

/// <summary>Measures of labelled predictions.</summary>
internal static class LabelMeasures
{
    /// <summary>The probability that a positive scores higher than a negative, ties counted half.</summary>
    internal static double Auc(IReadOnlyList<double> positives, IReadOnlyList<double> negatives)
    {
        double[] sorted = [.. negatives.Order()];
        double sum = 0;
        foreach (double score in positives)
        {
            sum += (Below(sorted, score, orEqual: false) + Below(sorted, score, orEqual: true)) / 2.0;
        }

        return sum / ((double)positives.Count * negatives.Count);
    }

    /// <summary>The expected calibration error in 15 bins of equal width.</summary>
    internal static double CalibrationError(IEnumerable<(double Probability, bool Right)> answers)
    {
        const int Bins = 15;
        double[] surplus = new double[Bins];
        int count = 0;
        foreach ((double probability, bool right) in answers)
        {
            surplus[Math.Min((int)(probability * Bins), Bins - 1)] += (right ? 1 : 0) - probability;
            count++;
        }

        return surplus.Sum(Math.Abs) / count;
    }

    /// <summary>The accuracy on the share of answers with the highest probability.</summary>
    internal static double AccuracyOfSurest(IReadOnlyList<(double Probability, bool Right)> answers, double share) =>
        answers.OrderByDescending(static a => a.Probability).Take((int)(answers.Count * share)).Average(static a => a.Right ? 1.0 : 0.0);

    private static int Below(double[] sorted, double value, bool orEqual)
    {
        int low = 0;
        int high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] < value || (orEqual && sorted[middle] == value))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
