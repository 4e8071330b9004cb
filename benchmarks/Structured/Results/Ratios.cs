namespace HeteroAgent.Benchmarks.Structured;

/// <summary>Ratios of this library's times to others', row by row.</summary>
internal static class Ratios
{
    /// <summary>The library's time divided by another's in one row; null where either has none.</summary>
    internal static double? Of(ResultRow row, string other, Func<ContenderResult, double?> time) =>
        row.Result(EngineContender.Isolated) is { } own && row.Result(other) is { } theirs && time(own) is { } a && time(theirs) is { } b && b > 0 ? a / b : null;

    /// <summary>The median of the rows' ratios; null where no row has one.</summary>
    internal static double? MedianOf(IEnumerable<ResultRow> rows, string other, Func<ContenderResult, double?> time)
    {
        double[] ratios = [.. rows.Select(row => Of(row, other, time)).OfType<double>()];
        return ratios.Length > 0 ? Median.Of(ratios) : null;
    }
}
