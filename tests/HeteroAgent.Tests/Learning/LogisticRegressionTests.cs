using NUnit.Framework;

namespace HeteroAgent.Tests.Learning;

public class LogisticRegressionTests
{
    [Test]
    public void ConstantFeature_GivesTheLogOddsOfTheShare()
    {
        // Without information the maximum-likelihood probability is the share of positives: 3 of 4.
        double[][] rows = [[1], [1], [1], [1]];
        LogisticRegression model = LogisticRegression.Fit(rows, [true, true, true, false]);
        Assert.That(model.Predict([1]), Is.EqualTo(0.75).Within(1e-9));
        Assert.That(model.Intercept, Is.EqualTo(Math.Log(3)).Within(1e-8));
    }

    [Test]
    public void BinaryFeature_WithoutPenalty_GivesTheShareOfEachGroup()
    {
        // A saturated model: each group's probability is its own share, 1/4 and 4/5.
        double[][] rows = [[0], [0], [0], [0], [1], [1], [1], [1], [1]];
        bool[] labels = [true, false, false, false, true, true, true, true, false];
        LogisticRegression model = LogisticRegression.Fit(rows, labels, 1e-9);
        Assert.That(model.Predict([0]), Is.EqualTo(0.25).Within(1e-6));
        Assert.That(model.Predict([1]), Is.EqualTo(0.8).Within(1e-6));
    }

    [Test]
    public void Solution_HasAZeroGradientOfThePenalisedLoss()
    {
        Random random = new(5);
        double[][] rows = [.. Enumerable.Range(0, 200).Select(_ => new[] { random.NextDouble() * 100, random.NextDouble(), random.NextDouble() - 3 })];
        bool[] labels = [.. rows.Select(r => (r[0] / 50) + r[1] - random.NextDouble() > 1)];
        LogisticRegression model = LogisticRegression.Fit(rows, labels, 2);
        double[] gradient = new double[4];
        for (int r = 0; r < rows.Length; r++)
        {
            double error = (labels[r] ? 1 : 0) - model.Predict(rows[r]);
            gradient[0] += error;
            for (int f = 0; f < 3; f++)
            {
                gradient[f + 1] += error * (rows[r][f] - model.Means[f]) / model.Scales[f];
            }
        }

        Assert.That(gradient[0], Is.EqualTo(0).Within(1e-5));
        for (int f = 0; f < 3; f++)
        {
            Assert.That(gradient[f + 1], Is.EqualTo(2 * model.Weights[f]).Within(1e-5));
        }
    }

    [Test]
    public void MissingValues_HaveAWeightOfTheirOwn()
    {
        double[][] rows = [[1], [1], [2], [2], [double.NaN], [double.NaN], [double.NaN], [double.NaN]];
        bool[] labels = [true, false, true, false, false, false, false, true];
        LogisticRegression model = LogisticRegression.Fit(rows, labels, 1e-9);
        Assert.That(model.Predict([double.NaN]), Is.EqualTo(0.25).Within(1e-5));
        Assert.That(model.Predict([1.5]), Is.EqualTo(0.5).Within(1e-5));
    }

    [Test]
    public void SeparableRows_StayFinite()
    {
        double[][] rows = [[0, 0], [0, 1e-300], [1, 0], [1, 5e-324]];
        LogisticRegression model = LogisticRegression.Fit(rows, [false, false, true, true], 1e-6);
        Assert.That(model.Weights, Is.All.Matches<double>(double.IsFinite));
        Assert.That(model.Predict([1, 0]), Is.GreaterThan(0.9));
    }

    [Test]
    public void BadInput_IsNamed()
    {
        Assert.Throws<ArgumentException>(() => LogisticRegression.Fit([], []));
        Assert.That(() => LogisticRegression.Fit([[1], [2]], [true, true]), Throws.ArgumentException.With.Message.Contains("both classes"));
        Assert.That(() => LogisticRegression.Fit([[1], [2, 3]], [true, false]), Throws.ArgumentException.With.Message.Contains("Row 1"));
        Assert.That(() => LogisticRegression.Fit([[1], [double.PositiveInfinity]], [true, false]), Throws.ArgumentException.With.Message.Contains("row 1"));
        Assert.Throws<ArgumentOutOfRangeException>(() => LogisticRegression.Fit([[1], [2]], [true, false], 0));
        Assert.Throws<ArgumentException>(() => LogisticRegression.Fit([[1], [2]], [true, false]).Predict([1, 2]));
    }
}
