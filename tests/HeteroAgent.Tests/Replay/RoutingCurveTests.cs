using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.Tests.Replay;

public class RoutingCurveTests
{
    // 8 calls: weak right on 0–3; strong right on all but 3 and 7. Weak .5, strong .75.
    private static readonly bool[] Weak = [true, true, true, true, false, false, false, false];
    private static readonly bool[] Strong = [true, true, true, false, true, true, true, false];

    [Test]
    public void ConstantScore_IsTheRandomPolicy()
    {
        RoutingCurve curve = RoutingCurve.Create(new double[8], Weak, Strong);
        Assert.That(curve.AverageGapRecovered, Is.EqualTo(0.5).Within(1e-12));
        Assert.That(curve.CallsForGapShare(0.5), Is.EqualTo(0.5).Within(1e-12));
        Assert.That(curve.CallsForGapShare(0.8), Is.EqualTo(0.8).Within(1e-12));
        Assert.That(curve.CallsFor(0.95 * 0.75), Is.EqualTo(((0.95 * 0.75) - 0.5) / 0.25).Within(1e-12));
        Assert.That(curve.AccuracyAt(0.25), Is.EqualTo(0.5625).Within(1e-12));
    }

    [Test]
    public void Oracle_ReachesMoreThanTheStrongModel()
    {
        // The three that only the strong model gets, then those that make no difference, last the one that it loses.
        double[] oracle = [1, 1, 1, 0, 2, 2, 2, 1];
        RoutingCurve curve = RoutingCurve.Create(oracle, Weak, Strong);

        // Accuracy: .5 at 0, .875 at 3/8, .875 at 7/8, .75 at 1. Area above weak: 3/8·.375/2 + 4/8·.375 + 1/8·(.375 + .25)/2 = .296875; divided by the gap .25: 1.1875.
        Assert.That(curve.AverageGapRecovered, Is.EqualTo(1.1875).Within(1e-12));
        Assert.That(curve.CallsForGapShare(0.5), Is.EqualTo(0.125).Within(1e-12));
        Assert.That(curve.CallsForGapShare(0.8), Is.EqualTo(0.2).Within(1e-12));
        Assert.That(curve.CallsFor(0.875), Is.EqualTo(0.375).Within(1e-12));
        Assert.That(curve.CallsFor(0.9), Is.Null);
        Assert.That((curve.WeakAccuracy, curve.StrongAccuracy), Is.EqualTo((0.5, 0.75)));
    }

    [Test]
    public void StrongModelThatIsNotBetter_HasNoGapToRecover()
    {
        RoutingCurve same = RoutingCurve.Create([1, 2], [true, false], [false, true]);
        Assert.That((same.AverageGapRecovered, same.CallsForGapShare(0.5)), Is.EqualTo(((double?)null, (double?)null)));
        RoutingCurve worse = RoutingCurve.Create([1, 2], [true, true], [false, true]);
        Assert.That(worse.CallsForGapShare(0.5), Is.Null);
        Assert.That(worse.CallsFor(0.5), Is.Zero);
    }

    [Test]
    public void Measures_AgreeWithTheirDefinitions_ByBruteForce()
    {
        Gen<(int, bool, bool)[]> calls = Gen.Choose(0, 39).Select(n => (n / 4, n % 4 > 1, n % 2 == 1)).NonEmptyListOf().Select(l => l.ToArray());
        Prop.ForAll(calls.ToArbitrary(), set =>
        {
            double[] scores = [.. set.Select(c => (double)c.Item1)];
            RoutingCurve curve = RoutingCurve.Create(scores, [.. set.Select(c => c.Item2)], [.. set.Select(c => c.Item3)]);

            // The expectation over the order of ties: a call of a tie of which a share f is sent counts f times strong and 1 − f times weak.
            double Accuracy(double k) => set.Average(c =>
            {
                double above = scores.Count(s => s > c.Item1);
                double tied = scores.Count(s => s == c.Item1);
                double sent = Math.Clamp((k - above) / tied, 0, 1);
                return (sent * (c.Item3 ? 1 : 0)) + ((1 - sent) * (c.Item2 ? 1 : 0));
            });
            bool points = Enumerable.Range(0, set.Length + 1).All(k => Math.Abs(curve.AccuracyAt((double)k / set.Length) - Accuracy(k)) < 1e-9);

            // The curve is straight between whole calls, so the trapezium over them is its area.
            double area = Enumerable.Range(0, set.Length).Average(k => (Accuracy(k) + Accuracy(k + 1)) / 2);
            double gap = Accuracy(set.Length) - Accuracy(0);
            bool apgr = Math.Abs(gap) < 1e-12 ? curve.AverageGapRecovered is null or > 1e6 or < -1e6 : Math.Abs(curve.AverageGapRecovered!.Value - ((area - Accuracy(0)) / gap)) < 1e-6;
            double target = Accuracy(0) + (0.6 * gap);
            bool first = gap <= 1e-12 || (curve.CallsForGapShare(0.6) is { } calls && Math.Abs(Accuracy(calls * set.Length) - target) < 1e-9
                && Enumerable.Range(0, set.Length + 1).Where(k => k < (calls * set.Length) - 1e-9).All(k => Accuracy(k) < target));
            return points && apgr && first;
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void BadInput_IsNamed()
    {
        Assert.Throws<ArgumentException>(() => RoutingCurve.Create([], [], []));
        Assert.Throws<ArgumentException>(() => RoutingCurve.Create([double.NaN], [true], [true]));
        Assert.Throws<ArgumentException>(() => RoutingCurve.Create([1], [true, false], [true]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RoutingCurve.Create([1], [true], [true]).AccuracyAt(1.1));
    }
}
