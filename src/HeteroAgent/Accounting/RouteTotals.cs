using Microsoft.Extensions.AI;

namespace HeteroAgent;

internal readonly record struct RouteTotals(long Calls, long Input, long Cached, long Output, bool IsUnmeasured = false)
{
    public static RouteTotals operator +(RouteTotals a, RouteTotals b) => new(a.Calls + b.Calls, a.Input + b.Input, a.Cached + b.Cached, a.Output + b.Output);

    public static RouteTotals operator -(RouteTotals a, RouteTotals b) => new(a.Calls - b.Calls, a.Input - b.Input, a.Cached - b.Cached, a.Output - b.Output);

    public static RouteTotals Read(UsageDetails usage, string calls, string input, string? cached, string output)
    {
        AdditionalPropertiesDictionary<long> counts = usage.AdditionalCounts ?? [];
        return new(Count(calls), Count(input), cached is null ? 0 : Count(cached), Count(output), !counts.ContainsKey(input) && !counts.ContainsKey(output));

        long Count(string name) => counts.TryGetValue(name, out long value) ? value : 0;
    }

    public LedgerRow ToRow(string route, string? model, ModelPrice? price) => new(route, model, Calls, Input, Cached, Output, price?.Cost(Input, Output, Cached));
}
