using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Prop = FsCheck.Fluent.Prop;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>The order of the queue, for any arrivals.</summary>
public sealed class QueueRankTests
{
    private static readonly Arbitrary<Arrival[]> Arrivals = ArbMap.Default.GeneratorFor<byte>()
        .Zip(Gen.Elements(RequestPriority.Background, RequestPriority.Normal, RequestPriority.Interactive), (seconds, priority) => new Arrival(seconds, priority))
        .ArrayOf()
        .ToArbitrary();

    [Test]
    public void Priority_decides_among_those_of_the_same_moment() => Check.QuickThrowOnFailure(Prop.ForAll(Arrivals, arrivals =>
        Sorted(arrivals).GroupBy(a => a.Arrival.Seconds).All(g => g.Zip(g.Skip(1)).All(p => p.First.Arrival.Priority >= p.Second.Arrival.Priority))));

    [Test]
    public void Equal_priorities_keep_the_order_of_arrival() => Check.QuickThrowOnFailure(Prop.ForAll(Arrivals, arrivals =>
        Sorted(arrivals).GroupBy(a => a.Arrival.Priority).All(g => g.Zip(g.Skip(1)).All(p => p.First.Arrival.Seconds < p.Second.Arrival.Seconds || (p.First.Arrival.Seconds == p.Second.Arrival.Seconds && p.First.Order < p.Second.Order)))));

    [Test]
    public void Nobody_is_overtaken_by_what_comes_a_minute_later() => Check.QuickThrowOnFailure(Prop.ForAll(Arrivals, arrivals =>
    {
        List<(Arrival Arrival, long Order)> sorted = Sorted(arrivals);
        return sorted.Index().All(a => sorted.Skip(a.Index).All(later => later.Arrival.Seconds >= a.Item.Arrival.Seconds - 60));
    }));

    [Test]
    public void A_longer_prompt_is_put_off_by_its_own_time_only()
    {
        QueueRank longPrompt = QueueRank.For(RequestPriority.Normal, 0, 0).After(1000, 0.01 * Stopwatch.Frequency);
        QueueRank ShortAt(double seconds) => QueueRank.For(RequestPriority.Normal, (long)(seconds * Stopwatch.Frequency), 1).After(10, 0.01 * Stopwatch.Frequency);
        Assert.That(ShortAt(9.8).CompareTo(longPrompt), Is.Negative);
        Assert.That(ShortAt(10).CompareTo(longPrompt), Is.Positive);
    }

    private static List<(Arrival Arrival, long Order)> Sorted(Arrival[] arrivals) =>
        [.. arrivals.Index().OrderBy(a => QueueRank.For(a.Item.Priority, a.Item.Seconds * Stopwatch.Frequency, a.Index)).Select(a => (a.Item, (long)a.Index))];

    private sealed record Arrival(byte Seconds, RequestPriority Priority);
}
