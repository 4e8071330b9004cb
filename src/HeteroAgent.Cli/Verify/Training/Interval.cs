namespace HeteroAgent.Cli;

/// <summary>A measured figure with its 95 % bootstrap interval.</summary>
internal readonly record struct Interval(double Value, double Low, double High)
{
    private const int Draws = 1000;

    /// <summary>Measures rows, and the same measure on rows drawn with replacement.</summary>
    public static Interval Of<T>(IReadOnlyList<T> rows, Func<IReadOnlyList<T>, double> measure)
    {
        Random random = new(11);
        double[] values = new double[Draws];
        T[] drawn = new T[rows.Count];
        for (int d = 0; d < Draws; d++)
        {
            for (int i = 0; i < drawn.Length; i++)
            {
                drawn[i] = rows[random.Next(rows.Count)];
            }

            values[d] = measure(drawn);
        }

        Array.Sort(values);
        return new(measure(rows), values[Draws / 40], values[Draws - 1 - Draws / 40]);
    }

    public override string ToString() => FormattableString.Invariant($"{Value:0.000} [{Low:0.000}, {High:0.000}]");
}
