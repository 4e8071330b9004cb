namespace HeteroAgent;

/// <summary>Sums of first and second derivatives and the number of rows, for every bin of every drawn feature.</summary>
internal sealed class Histogram(BinnedFeatures data)
{
    private const int ValuesPerBin = 3;

    // Room for any draw of features; a tree uses the part that its offsets span.
    private readonly double[] _sums = new double[data.Thresholds.Sum(static t => (t.Length + 2) * ValuesPerBin)];

    /// <summary>Three values a bin: gradient, hessian, rows. A feature's last bin is that of its missing values.</summary>
    public double[] Sums => _sums;

    /// <summary>Where each drawn feature's bins begin, and where the last one's end.</summary>
    public static int[] Offsets(int[] features, BinnedFeatures data)
    {
        int[] offsets = new int[features.Length + 1];
        for (int f = 0; f < features.Length; f++)
        {
            offsets[f + 1] = offsets[f] + (data.MissingBin(features[f]) + 1) * ValuesPerBin;
        }

        return offsets;
    }

    public void Fill(byte[][] columns, int[] features, int[] offsets, ReadOnlySpan<int> rows, float[] gradients, float[] hessians)
    {
        Array.Clear(_sums, 0, offsets[^1]);
        for (int f = 0; f < features.Length; f++)
        {
            byte[] column = columns[features[f]];
            Span<double> sums = _sums.AsSpan(offsets[f], offsets[f + 1] - offsets[f]);
            for (int i = 0; i < rows.Length; i++)
            {
                int at = column[rows[i]] * ValuesPerBin;
                sums[at] += gradients[i];
                sums[at + 1] += hessians[i];
                sums[at + 2] += 1;
            }
        }
    }

    /// <summary>Turns a parent's sums into the other child's: parent less this child.</summary>
    public void Subtract(Histogram child, int length)
    {
        double[] mine = _sums, theirs = child._sums;
        for (int i = 0; i < length; i++)
        {
            mine[i] -= theirs[i];
        }
    }
}
