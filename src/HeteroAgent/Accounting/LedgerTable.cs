using System.Globalization;
using System.Text;

namespace HeteroAgent;

internal static class LedgerTable
{
    public static string Write(LedgerSnapshot snapshot)
    {
        List<string[]> cells = [["route", "model", "calls", "input", "cached", "output", "dollars"]];
        cells.AddRange(snapshot.Rows.Select(static r => new[] { r.Route, r.Model ?? "?", Number(r.Calls), Number(r.InputTokens), Number(r.CachedInputTokens), Number(r.OutputTokens), r.Cost is { } cost ? Dollars(cost) : "no price" }));
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(c => cells.Max(row => row[c].Length))];
        StringBuilder text = new();
        foreach (string[] row in cells)
        {
            for (int c = 0; c < row.Length; c++)
            {
                _ = text.Append(c == 0 ? "" : "  ").Append(c < 2 ? row[c].PadRight(widths[c]) : row[c].PadLeft(widths[c]));
            }

            _ = text.Append('\n');
        }

        _ = text.Append(CultureInfo.InvariantCulture, $"kept local: {snapshot.LocalCalls} of {snapshot.LocalCalls + snapshot.FrontierCalls} ({snapshot.LocalShare * 100:0.0} %)\n");
        _ = text.Append(CultureInfo.InvariantCulture, $"cost: {Dollars(snapshot.Cost)} dollars (prices of {snapshot.PricesAsOf:yyyy-MM-dd})");
        _ = snapshot.FrontierOnlyCost is { } all
            ? text.Append(CultureInfo.InvariantCulture, $"\nall to {snapshot.FrontierModel ?? "the frontier model"}: about {Dollars(all)} dollars; saved {Dollars(snapshot.Saving!.Value)}{(snapshot.SavingShare is { } share ? string.Create(CultureInfo.InvariantCulture, $" ({share * 100:0.0} %)") : "")}")
            : text.Append("\nall to the frontier model: not known, since it has no price");
        _ = snapshot.UnpricedCalls > 0 ? text.Append(CultureInfo.InvariantCulture, $"\nnot in these figures: {snapshot.UnpricedCalls} calls of models without a price") : text;
        _ = snapshot.UnmeasuredCalls > 0 ? text.Append(CultureInfo.InvariantCulture, $"\nnot in these figures: {snapshot.UnmeasuredCalls} calls that reported no usage") : text;
        return text.ToString();
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Dollars(decimal value) => value.ToString("0.000000", CultureInfo.InvariantCulture);
}
