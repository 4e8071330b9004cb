namespace HeteroAgent;

/// <summary>Features sorted into at most 255 bins each, column by column, with the float threshold that ends each bin.</summary>
internal sealed class BinnedFeatures
{
    private const int SampleLimit = 200_000;

    private BinnedFeatures(int rows, byte[][] columns, float[][] thresholds)
    {
        Rows = rows;
        Columns = columns;
        Thresholds = thresholds;
    }

    public int Rows { get; }

    public byte[][] Columns { get; }

    /// <summary>The thresholds of each feature in rising order: a value is in the first bin whose threshold it does not exceed, or in the one after the last.</summary>
    public float[][] Thresholds { get; }

    /// <summary>The bin of a feature's missing values: the one after all others.</summary>
    public int MissingBin(int feature) => Thresholds[feature].Length + 1;

    public static BinnedFeatures Create(ReadOnlySpan<float> features, int featureCount, int rows, int bins)
    {
        var columns = new byte[featureCount][];
        var thresholds = new float[featureCount][];
        var values = new float[Math.Min(rows, SampleLimit)];
        for (int feature = 0; feature < featureCount; feature++)
        {
            int known = 0;
            for (int i = 0; i < values.Length; i++)
            {
                float value = features[((int)((long)i * rows / values.Length) * featureCount) + feature];
                if (!float.IsNaN(value))
                {
                    values[known++] = value;
                }
            }

            Array.Sort(values, 0, known);
            thresholds[feature] = Cuts(values.AsSpan(0, known), bins);
            var column = new byte[rows];
            for (int row = 0; row < rows; row++)
            {
                column[row] = Bin(thresholds[feature], features[(row * featureCount) + feature]);
            }

            columns[feature] = column;
        }

        return new BinnedFeatures(rows, columns, thresholds);
    }

    private static byte Bin(float[] thresholds, float value)
    {
        if (float.IsNaN(value))
        {
            return (byte)(thresholds.Length + 1);
        }

        int low = 0, high = thresholds.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (value <= thresholds[middle])
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return (byte)low;
    }

    // Cuts stand between two distinct values so that about the same number of rows falls into each bin.
    private static float[] Cuts(ReadOnlySpan<float> sorted, int bins)
    {
        int distinct = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            distinct += i == 0 || sorted[i] != sorted[i - 1] ? 1 : 0;
        }

        var cuts = new List<float>();
        double perBin = distinct <= bins ? 0 : (double)sorted.Length / bins;
        double next = perBin;
        for (int i = 1; i < sorted.Length && cuts.Count < bins - 1; i++)
        {
            if (sorted[i] == sorted[i - 1] || i < next)
            {
                continue;
            }

            cuts.Add(Between(sorted[i - 1], sorted[i]));
            next = Math.Max(next + perBin, i + (perBin / 2));
        }

        return [.. cuts];
    }

    // A float t with low <= t < high, so that the comparison value <= t parts them exactly.
    private static float Between(float low, float high)
    {
        float middle = (float)(((double)low + high) / 2);
        return middle >= low && middle < high ? middle : low;
    }
}
