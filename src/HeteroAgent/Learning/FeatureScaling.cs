namespace HeteroAgent;

/// <summary>The mean and deviation of each feature over the rows that have it, and which features need an indicator of being missing.</summary>
internal sealed record FeatureScaling(double[] Means, double[] Scales, int[] Indicators)
{
    internal static FeatureScaling Of(IReadOnlyList<double[]> rows)
    {
        int features = rows[0].Length;
        double[] means = new double[features];
        double[] scales = new double[features];
        List<int> indicators = [];
        for (int f = 0; f < features; f++)
        {
            double sum = 0;
            int present = 0;
            foreach (double[] row in rows)
            {
                if (!double.IsNaN(row[f]))
                {
                    sum += row[f];
                    present++;
                }
            }

            means[f] = present == 0 ? 0 : sum / present;
            double squares = 0;
            foreach (double[] row in rows)
            {
                squares += double.IsNaN(row[f]) ? 0 : (row[f] - means[f]) * (row[f] - means[f]);
            }

            double deviation = present == 0 ? 0 : Math.Sqrt(squares / present);
            scales[f] = deviation > 1e-12 * (1 + Math.Abs(means[f])) && double.IsFinite(deviation) ? deviation : 1;
            if (present > 0 && present < rows.Count)
            {
                indicators.Add(f);
            }
        }

        return new FeatureScaling(means, scales, [.. indicators]);
    }

    /// <summary>The standardised row, missing values at the mean, then one indicator for each feature that needs one.</summary>
    internal double[] Apply(double[] row)
    {
        double[] scaled = new double[row.Length + Indicators.Length];
        for (int f = 0; f < row.Length; f++)
        {
            scaled[f] = double.IsNaN(row[f]) ? 0 : (row[f] - Means[f]) / Scales[f];
        }

        for (int i = 0; i < Indicators.Length; i++)
        {
            scaled[row.Length + i] = double.IsNaN(row[Indicators[i]]) ? 1 : 0;
        }

        return scaled;
    }
}
