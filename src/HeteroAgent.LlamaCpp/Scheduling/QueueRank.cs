using System.Diagnostics;

namespace HeteroAgent.LlamaCpp;

/// <summary>The place of a request in every queue of the scheduler: the earlier deadline first, then the order of arrival. It never changes, so that waiting moves everyone forward.</summary>
/// <param name="Deadline">A timestamp of <see cref="Stopwatch"/>.</param>
/// <param name="Order">The number of the request.</param>
internal readonly record struct QueueRank(long Deadline, long Order) : IComparable<QueueRank>
{
    private const int SlackOfNormal = 5;
    private const int SlackOfBackground = 60;

    internal static QueueRank For(RequestPriority priority, long arrival, long order)
    {
        int slack = priority switch { RequestPriority.Interactive => 0, RequestPriority.Normal => SlackOfNormal, _ => SlackOfBackground };
        return new QueueRank(arrival + (slack * Stopwatch.Frequency), order);
    }

    /// <summary>The deadline put off by the time that the rest of a prompt takes: a short prompt goes before a long one that came a little earlier, and none waits for ever.</summary>
    /// <remarks>Shortest remaining time first, aged: what came later than this moment stands behind, however short it is.</remarks>
    internal QueueRank After(int tokens, double ticksPerToken) => this with { Deadline = Deadline + (long)(tokens * ticksPerToken) };

    public int CompareTo(QueueRank other) => (Deadline, Order).CompareTo((other.Deadline, other.Order));
}
