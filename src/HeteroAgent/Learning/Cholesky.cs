namespace HeteroAgent;

/// <summary>Solves a symmetric positive definite system.</summary>
internal static class Cholesky
{
    /// <summary>Solves Ax = b. The lower triangle of A is overwritten by its factor.</summary>
    internal static double[] Solve(double[][] lower, double[] b)
    {
        int n = b.Length;
        for (int i = 0; i < n; i++)
        {
            double[] row = lower[i];
            for (int j = 0; j <= i; j++)
            {
                double[] other = lower[j];
                double sum = row[j];
                for (int k = 0; k < j; k++)
                {
                    sum -= row[k] * other[k];
                }

                // Rounding can take a pivot of a nearly singular system below zero; the floor keeps the step finite.
                row[j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / other[j];
            }
        }

        double[] x = new double[n];
        for (int i = 0; i < n; i++)
        {
            double sum = b[i];
            for (int k = 0; k < i; k++)
            {
                sum -= lower[i][k] * x[k];
            }

            x[i] = sum / lower[i][i];
        }

        for (int i = n - 1; i >= 0; i--)
        {
            double sum = x[i];
            for (int k = i + 1; k < n; k++)
            {
                sum -= lower[k][i] * x[k];
            }

            x[i] = sum / lower[i][i];
        }

        return x;
    }
}
