using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Writes the split of usage by route.</summary>
internal static class RouteUsage
{
    public static UsageDetails Copy(UsageDetails? usage)
    {
        UsageDetails copy = new();
        if (usage is not null)
        {
            copy.Add(usage);
        }

        return copy;
    }

    public static bool IsSplit(UsageDetails? usage) =>
        usage?.AdditionalCounts?.Any(static c => c.Key.StartsWith(UsageCountNames.Prefix, StringComparison.OrdinalIgnoreCase)) == true;

    /// <summary>Adds to <paramref name="total"/>'s counts what <paramref name="usage"/> says of the local model, unless a cascade further in has already split it.</summary>
    public static void CountLocal(UsageDetails total, UsageDetails? usage, bool discarded)
    {
        if (IsSplit(usage))
        {
            return;
        }

        Count(total, UsageCountNames.LocalCalls, 1);
        Count(total, UsageCountNames.LocalInputTokens, usage?.InputTokenCount);
        Count(total, UsageCountNames.LocalCachedInputTokens, usage?.CachedInputTokenCount);
        Count(total, UsageCountNames.LocalOutputTokens, usage?.OutputTokenCount);
        if (discarded)
        {
            Count(total, UsageCountNames.DiscardedCalls, 1);
            Count(total, UsageCountNames.DiscardedInputTokens, usage?.InputTokenCount);
            Count(total, UsageCountNames.DiscardedOutputTokens, usage?.OutputTokenCount);
        }
    }

    /// <summary>The same for a local answer that the frontier model finished: its input was paid for again, its output only where it was not shown.</summary>
    public static void CountHandedOver(UsageDetails total, UsageDetails usage, long discardedOutputTokens)
    {
        if (IsSplit(usage))
        {
            return;
        }

        CountLocal(total, usage, discarded: false);
        Count(total, UsageCountNames.DiscardedCalls, 1);
        Count(total, UsageCountNames.DiscardedInputTokens, usage.InputTokenCount);
        Count(total, UsageCountNames.DiscardedOutputTokens, discardedOutputTokens);
    }

    /// <summary>The same for the frontier model.</summary>
    public static void CountFrontier(UsageDetails total, UsageDetails? usage)
    {
        if (IsSplit(usage))
        {
            return;
        }

        Count(total, UsageCountNames.FrontierCalls, 1);
        Count(total, UsageCountNames.FrontierInputTokens, usage?.InputTokenCount);
        Count(total, UsageCountNames.FrontierCachedInputTokens, usage?.CachedInputTokenCount);
        Count(total, UsageCountNames.FrontierOutputTokens, usage?.OutputTokenCount);
    }

    private static void Count(UsageDetails total, string name, long? value)
    {
        if (value is { } number)
        {
            total.AdditionalCounts ??= [];
            total.AdditionalCounts[name] = number + (total.AdditionalCounts.TryGetValue(name, out long before) ? before : 0);
        }
    }
}
