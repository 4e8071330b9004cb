using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.Tests.Calibration;

public class RiskThresholdTests
{
    private static readonly Gen<(int, bool)[]> Calls =
        from n in Gen.Choose(19, 60)
        from calls in Gen.Zip(Gen.Choose(0, 15), Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))).ArrayOf(n)
        select calls.Select(c => (c.Item1, c.Item2)).ToArray();

    [Test]
    public void Conformal_IsTheSmallestThresholdOfAll_ByBruteForce() =>
        Prop.ForAll(Calls.ToArbitrary(), Gen.Elements(0.05, 0.1, 0.2, 0.5).ToArbitrary(), (calls, alpha) =>
        {
            double[] scores = [.. calls.Select(c => c.Item1 / 15.0)];
            bool[] correct = [.. calls.Select(c => c.Item2)];
            RiskThreshold chosen = RiskThreshold.Conformal(scores, correct, alpha);
            bool Holds(double t) => (calls.Where((_, i) => scores[i] >= t && !correct[i]).Count() + 1.0) / (calls.Length + 1) <= alpha;

            // It holds there, and nowhere below: neither at the next smaller number nor at any smaller score.
            return Holds(chosen.Value)
                && (double.IsNegativeInfinity(chosen.Value) || !Holds(Math.BitDecrement(chosen.Value)))
                && scores.Where(s => s < chosen.Value).All(s => !Holds(s))
                && chosen.Accepted == scores.Count(s => s >= chosen.Value)
                && chosen.Labels == calls.Length;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void FixedSequence_StopsAtTheFirstFailure_ByBruteForce() =>
        Prop.ForAll(Calls.ToArbitrary(), calls =>
        {
            double[] scores = [.. calls.Select(c => c.Item1 / 15.0)];
            bool[] correct = [.. calls.Select(c => c.Item2)];
            double[] candidates = [.. Enumerable.Range(0, 16).Select(i => i / 15.0)];
            const double Alpha = 0.3;
            const double Delta = 0.2;
            double expected = double.PositiveInfinity;
            foreach (double t in candidates.Reverse())
            {
                bool[] accepted = [.. correct.Where((_, i) => scores[i] >= t)];
                if (Cdf(accepted.Count(c => !c), accepted.Length, Alpha) > Delta)
                {
                    break;
                }

                expected = t;
            }

            return RiskThreshold.FixedSequence(scores, correct, candidates, Alpha, Delta).Value == expected;
        }).QuickCheckThrowOnFailure();

    [TestCase(0.05, 19)]
    [TestCase(0.01, 99)]
    [TestCase(0.1, 9)]
    [TestCase(0.5, 1)]
    [TestCase(0.03, 33)]
    public void LabelsNeeded_ForTheJointRisk(double alpha, int needed)
    {
        Assert.That(RiskThreshold.LabelsNeeded(alpha), Is.EqualTo(needed));
        Assert.That(RiskThreshold.Conformal(new double[needed], Enumerable.Repeat(true, needed).ToArray(), alpha).Accepted, Is.EqualTo(needed));
        InsufficientLabelsException e = Assert.Throws<InsufficientLabelsException>(() => RiskThreshold.Conformal(new double[needed - 1], new bool[needed - 1], alpha))!;
        Assert.That((e.Required, e.Available), Is.EqualTo((needed, needed - 1)));
    }

    [TestCase(0.05, 0.05, 59)]
    [TestCase(0.1, 0.1, 22)]
    [TestCase(0.01, 0.05, 299)]
    [TestCase(0.5, 0.5, 1)]
    public void LabelsNeeded_ForTheErrorRate(double alpha, double delta, int needed)
    {
        Assert.That(RiskThreshold.LabelsNeeded(alpha, delta), Is.EqualTo(needed));
        Assert.That(RiskThreshold.FixedSequence(new double[needed], Enumerable.Repeat(true, needed).ToArray(), [0], alpha, delta).Accepted, Is.EqualTo(needed));
        InsufficientLabelsException e = Assert.Throws<InsufficientLabelsException>(() => RiskThreshold.FixedSequence(new double[needed - 1], new bool[needed - 1], [0], alpha, delta))!;
        Assert.That(e.Required, Is.EqualTo(needed));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(-0.1)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Bounds_OutsideTheOpenUnitInterval_AreRefused(double alpha)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RiskThreshold.Conformal(new double[100], new bool[100], alpha));
        Assert.Throws<ArgumentOutOfRangeException>(() => RiskThreshold.FixedSequence(new double[100], new bool[100], [0], alpha, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RiskThreshold.FixedSequence(new double[100], new bool[100], [0], 0.1, alpha));
    }

    [Test]
    public void ScoresThatAreNoNumbers_AreRefused()
    {
        double[] scores = new double[30];
        scores[7] = double.NaN;
        Assert.That(() => RiskThreshold.Conformal(scores, new bool[30], 0.1), Throws.ArgumentException.With.Message.Contains("Score 7"));
    }

    [Test]
    public void AllWrong_AcceptsNothing()
    {
        double[] scores = [.. Enumerable.Range(0, 100).Select(i => i / 100.0)];
        Assert.That(RiskThreshold.Conformal(scores, new bool[100], 0.009901).Accepted, Is.Zero);
        RiskThreshold strict = RiskThreshold.FixedSequence(scores, new bool[100], scores, 0.1, 0.1);
        Assert.That(strict.Value, Is.EqualTo(double.PositiveInfinity));
        Assert.That(strict.Accepted, Is.Zero);
    }

    // Independent of the library's: by exact rational recursion over trials.
    private static double Cdf(int successes, int trials, double p)
    {
        double[] mass = new double[trials + 1];
        mass[0] = 1;
        for (int t = 0; t < trials; t++)
        {
            for (int k = t + 1; k > 0; k--)
            {
                mass[k] = (mass[k] * (1 - p)) + (mass[k - 1] * p);
            }

            mass[0] *= 1 - p;
        }

        return mass.Take(successes + 1).Sum();
    }
}
