namespace HeteroAgent;

/// <summary>Checks rows and labels before anything is fitted on them.</summary>
internal static class LabeledRows
{
    internal static void Check(IReadOnlyList<double[]> rows, IReadOnlyList<bool> labels)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(labels);
        if (rows.Count == 0 || rows.Count != labels.Count)
        {
            throw new ArgumentException($"There are {rows.Count} rows and {labels.Count} labels; expected at least one row and one label a row.", nameof(rows));
        }

        int positives = 0;
        for (int r = 0; r < rows.Count; r++)
        {
            double[] row = rows[r] ?? throw new ArgumentNullException(nameof(rows), $"Row {r} is null.");
            if (row.Length != rows[0].Length)
            {
                throw new ArgumentException($"Row {r} has {row.Length} features; the first has {rows[0].Length}.", nameof(rows));
            }

            int infinite = Array.FindIndex(row, double.IsInfinity);
            if (infinite >= 0)
            {
                throw new ArgumentException($"Feature {infinite} of row {r} is {row[infinite]}; a feature is finite, or NaN where it is missing.", nameof(rows));
            }

            positives += labels[r] ? 1 : 0;
        }

        if (positives == 0 || positives == labels.Count)
        {
            throw new ArgumentException($"All {labels.Count} labels are {labels[0]}; fitting needs both classes.", nameof(labels));
        }
    }
}
