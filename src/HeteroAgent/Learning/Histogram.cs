namespace HeteroAgent;

/// <summary>Sums of first and second derivatives and the number of rows, for every bin of every drawn feature.</summary>
internal sealed class Histogram(int features)
{
    public const int BinsPerFeature = 256;

    // Three values a bin: gradient, hessian, rows.
    public double[] Sums { get; } = new double[features * BinsPerFeature * 3];

    public void Fill(byte[][] columns, int[] features, ReadOnlySpan<int> rows, float[] gradients, float[] hessians)
    {
        Array.Clear(Sums);
        for (int f = 0; f < features.Length; f++)
        {
            byte[] column = columns[features[f]];
            Span<double> sums = Sums.AsSpan(f * BinsPerFeature * 3, BinsPerFeature * 3);
            for (int i = 0; i < rows.Length; i++)
            {
                int at = column[rows[i]] * 3;
                sums[at] += gradients[i];
                sums[at + 1] += hessians[i];
                sums[at + 2] += 1;
            }
        }
    }

    /// <summary>Turns a parent's sums into the other child's: parent less this child.</summary>
    public void Subtract(Histogram child)
    {
        double[] mine = Sums, theirs = child.Sums;
        for (int i = 0; i < mine.Length; i++)
        {
            mine[i] -= theirs[i];
        }
    }
}
