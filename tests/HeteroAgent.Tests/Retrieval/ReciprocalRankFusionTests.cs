using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class ReciprocalRankFusionTests
{
    private static readonly Arbitrary<int[][]> Rankings = Gen.Choose(0, 9).ListOf().Select(static l => l.Distinct().ToArray()).ArrayOf().ToArbitrary();

    [Test]
    public void The_formula_of_the_paper_holds()
    {
        IReadOnlyList<KeyValuePair<string, double>> fused = ReciprocalRankFusion.Fuse<string>([["a", "b", "c"], ["b", "d"]]);
        Assert.That(fused.Select(static f => f.Key), Is.EqualTo(new[] { "b", "a", "d", "c" }));
        Assert.That(fused[0].Value, Is.EqualTo((1 / 62.0) + (1 / 61.0)).Within(1e-12));
        Assert.That(fused[3].Value, Is.EqualTo(1 / 63.0).Within(1e-12));
    }

    [Test]
    public void Every_item_stands_there_once_and_the_best_first() =>
        Prop.ForAll(Rankings, static rankings =>
        {
            IReadOnlyList<KeyValuePair<int, double>> fused = ReciprocalRankFusion.Fuse<int>(rankings);
            return fused.Select(static f => f.Key).ToHashSet().SetEquals(rankings.SelectMany(static r => r))
                && fused.Select(static f => f.Key).Distinct().Count() == fused.Count
                && fused.Zip(fused.Skip(1)).All(static p => p.First.Value >= p.Second.Value);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void One_ranking_keeps_its_order() =>
        Prop.ForAll(Rankings, static rankings => rankings.All(static r => ReciprocalRankFusion.Fuse<int>([r]).Select(static f => f.Key).SequenceEqual(r))).QuickCheckThrowOnFailure();

    [Test]
    public void An_item_that_is_nowhere_behind_another_does_not_fall_behind_it() =>
        Prop.ForAll(Rankings, static rankings =>
        {
            List<int> order = [.. ReciprocalRankFusion.Fuse<int>(rankings).Select(static f => f.Key)];
            int Rank(int[] ranking, int item) => Array.IndexOf(ranking, item) is var at && at < 0 ? int.MaxValue : at;
            return order.All(a => order.All(b => !rankings.All(r => Rank(r, a) <= Rank(r, b)) || rankings.All(r => Rank(r, a) == Rank(r, b)) || order.IndexOf(a) <= order.IndexOf(b)));
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Bad_arguments_are_refused([Values(0, -1, double.NaN, double.PositiveInfinity)] double k)
    {
        Assert.That(() => ReciprocalRankFusion.Fuse<string>([["a"]], k), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ReciprocalRankFusion.Fuse<string>([null!]), Throws.ArgumentNullException);
    }
}
