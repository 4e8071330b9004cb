using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Tells slots whose values stand in the requests from those whose values are one of a closed set.</summary>
internal static class ClosedSlotFinder
{
    /// <summary>Fewer values that are not in the request are taken for errors in the data.</summary>
    private const double LeastAbsentShare = 0.2;

    private const int LeastUses = 3;

    /// <summary>A closed set is one that the values used several times nearly exhaust.</summary>
    private const double LeastRepeatedShare = 0.9;

    internal static Dictionary<(string Tool, string Slot), ClosedSlot> Find(IReadOnlyList<RequestedCall> calls, Func<RequestedCall, string, bool> stands)
    {
        Dictionary<(string Tool, string Slot), SortedSet<string>> schemas = Schemas(calls);
        Dictionary<(string Tool, string Slot), ClosedSlot> closed = [];
        foreach (var uses in calls.SelectMany(c => c.Values.Select(v => (c.Tool, v.Slot, v.Value, Stands: stands(c, v.Value)))).GroupBy(u => (u.Tool, u.Slot)))
        {
            int absent = uses.Count(u => !u.Stands);
            SortedSet<string>? members = absent == 0 ? null : schemas.GetValueOrDefault(uses.Key) ?? Repeated([.. uses.Select(u => u.Value)], absent);
            if (members is { Count: <= ClosedSlot.MostMembers })
            {
                closed[uses.Key] = new ClosedSlot(uses.Key.Tool, uses.Key.Slot, [.. members]);
            }
        }

        return closed;
    }

    private static SortedSet<string>? Repeated(string[] values, int absent)
    {
        string[][] repeated = [.. values.GroupBy(v => v, StringComparer.Ordinal).Where(g => g.Count() >= LeastUses).Select(g => g.ToArray())];
        return repeated.Length > 1 && absent >= LeastAbsentShare * values.Length && repeated.Sum(g => g.Length) >= LeastRepeatedShare * values.Length
            ? new SortedSet<string>(repeated.Select(g => g[0]), StringComparer.Ordinal)
            : null;
    }

    private static Dictionary<(string Tool, string Slot), SortedSet<string>> Schemas(IReadOnlyList<RequestedCall> calls)
    {
        Dictionary<(string Tool, string Slot), SortedSet<string>> choices = [];
        foreach (AIFunctionDeclaration tool in calls.SelectMany(c => c.Example.Tools).DistinctBy(t => (t.Name, t.JsonSchema.ValueKind == System.Text.Json.JsonValueKind.Object ? t.JsonSchema.GetRawText() : "")))
        {
            foreach ((string slot, SchemaNode schema) in new SchemaNode(tool.JsonSchema).Properties())
            {
                IReadOnlyList<string> members = schema.Choices();
                if (members.Count > 0)
                {
                    choices.TryAdd((tool.Name, slot), new SortedSet<string>(StringComparer.Ordinal));
                    choices[(tool.Name, slot)].UnionWith(members);
                }
            }
        }

        return choices;
    }
}
