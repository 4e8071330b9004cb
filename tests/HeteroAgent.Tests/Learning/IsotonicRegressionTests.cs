using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.Tests.Learning;

public class IsotonicRegressionTests
{
    [Test]
    public void TextbookCase_PoolsTheViolators()
    {
        IsotonicRegression fitted = IsotonicRegression.Fit([1, 2, 3, 4, 5], [1, 3, 2, 4, 3.5]);
        Assert.That(new[] { 1.0, 2, 3, 4, 5, 1.5, 3.5, -9, 9 }.Select(fitted.Predict), Is.EqualTo(new[] { 1, 2.5, 2.5, 3.75, 3.75, 1.75, 3.125, 1, 3.75 }).Within(1e-12));
    }

    [Test]
    public void EqualInputs_ArePooledBeforeTheirNeighbours()
    {
        // 1 → 2; 2 → (1 + 9) / 2 = 5: no violation once the tie is one point.
        IsotonicRegression fitted = IsotonicRegression.Fit([1, 2, 2], [2, 1, 9]);
        Assert.That(fitted.Predict(1), Is.EqualTo(2));
        Assert.That(fitted.Predict(2), Is.EqualTo(5));
    }

    [Test]
    public void Fit_IsMonotone_KeepsTheMean_AndEqualsTheMinMaxFormula()
    {
        // Values on a coarse grid, so that ties occur.
        Gen<(int, int)[]> points = Gen.Two(Gen.Choose(0, 12)).Select(p => (p.Item1, p.Item2)).NonEmptyListOf().Select(l => l.ToArray());
        Prop.ForAll(points.ToArbitrary(), set =>
        {
            double[] x = [.. set.Select(p => (double)p.Item1)];
            double[] y = [.. set.Select(p => p.Item2 / 4.0)];
            IsotonicRegression fitted = IsotonicRegression.Fit(x, y);
            double[] values = [.. x.Select(fitted.Predict)];
            bool monotone = x.Zip(values).OrderBy(p => p.First).Select(p => p.Second).Aggregate((Ok: true, Last: double.NegativeInfinity), (a, v) => (a.Ok && v >= a.Last - 1e-12, v)).Ok;
            bool mean = Math.Abs(values.Average() - y.Average()) < 1e-9;

            // max over a ≤ x of min over b ≥ x of the mean of the targets in [a, b] (Barlow et al. 1972, theorem 1.4).
            bool same = x.Distinct().All(at => Math.Abs(fitted.Predict(at)
                - x.Where(a => a <= at).Max(a => x.Where(b => b >= at).Min(b => x.Zip(y).Where(p => p.First >= a && p.First <= b).Average(p => p.Second)))) < 1e-9);
            return monotone && mean && same;
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void BadInput_IsNamed()
    {
        Assert.Throws<ArgumentException>(() => IsotonicRegression.Fit([], []));
        Assert.That(() => IsotonicRegression.Fit([1, double.NaN], [0, 1]), Throws.ArgumentException.With.Message.Contains("Point 1"));
        Assert.Throws<ArgumentOutOfRangeException>(() => IsotonicRegression.Fit([1], [0]).Predict(double.NaN));
    }
}
