using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

internal sealed class SoftmaxObjectiveTests
{
    private static readonly Gen<(int Rows, int Dimension, int Classes, int Seed)> Shapes =
        from rows in Gen.Choose(1, 150)
        from dimension in Gen.Choose(1, 13)
        from classes in Gen.Choose(2, 37)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select (rows, dimension, classes, seed);

    [Test]
    public void The_gradient_is_that_of_finite_differences_of_a_plain_sum()
    {
        Prop.ForAll(Arb.From(Shapes), shape =>
        {
            Random random = new(shape.Seed);
            ClassifierExamples examples = Random(random, shape.Rows, shape.Dimension, shape.Classes);
            SoftmaxObjective objective = new(examples, 3, 2);
            double[] point = Point(random, objective, examples);
            double[] gradient = new double[objective.ParameterCount];
            double value = objective.Evaluate(point, gradient);
            Assert.That(value, Is.EqualTo(Plain(examples, 3, point, objective.Columns)).Within(1e-5 * (1 + value)));
            foreach (int at in Enumerable.Range(0, 6).Select(_ => random.Next(shape.Dimension + 1) * objective.Columns + random.Next(shape.Classes)))
            {
                const double Step = 1e-4;
                double[] moved = [.. point];
                moved[at] += Step;
                double above = Plain(examples, 3, moved, objective.Columns);
                moved[at] -= 2 * Step;
                double difference = (above - Plain(examples, 3, moved, objective.Columns)) / (2 * Step);
                Assert.That(gradient[at], Is.EqualTo(difference).Within(1e-4 * (1 + Math.Abs(difference))));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    [Test]
    public void The_result_does_not_depend_on_the_threads_and_padding_stays_at_zero()
    {
        ClassifierExamples examples = Random(new Random(5), 700, 20, 9);
        LinearSoftmax one = LinearSoftmax.Fit(examples, 30, 1, null, CancellationToken.None);
        LinearSoftmax two = LinearSoftmax.Fit(examples, 30, 2, null, CancellationToken.None);
        Assert.That(two.Weights, Is.EqualTo(one.Weights));
        Assert.That(two.Intercepts, Is.EqualTo(one.Intercepts));
        SoftmaxObjective objective = new(examples, 30, 2);
        double[] gradient = new double[objective.ParameterCount];
        _ = objective.Evaluate(new double[objective.ParameterCount], gradient);
        Assert.That(gradient.Where((_, i) => i % objective.Columns >= 9), Is.All.Zero);
    }

    [Test]
    public void Two_classes_give_the_binary_regression_of_the_core()
    {
        Random random = new(3);
        const int Rows = 400;
        double[][] rows = [.. Enumerable.Range(0, Rows).Select(_ => new[] { random.NextDouble() - 0.5, random.NextDouble() - 0.5 })];
        bool[] labels = [.. rows.Select(r => r[0] + (0.5 * r[1]) + (0.4 * (random.NextDouble() - 0.5)) > 0)];
        LogisticRegression binary = LogisticRegression.Fit(rows, labels, l2: 1e-6);

        // Hardly a penalty, so that the standardised features of the one and the plain ones of the other meet.
        ClassifierExamples examples = new([.. rows.SelectMany(r => r.Select(v => (float)v))], [.. labels.Select(l => l ? 1 : 0)], 2, 2);
        LinearSoftmax softmax = LinearSoftmax.Fit(examples, 1e6, 1, null, CancellationToken.None);
        double[] differences = [.. rows.Select((row, i) => Math.Abs(Softmax.Probabilities(softmax.Score(examples.Vector(i)), 1)[1] - binary.Predict(row)))];
        Assert.That(differences.Max(), Is.LessThan(0.03));
    }

    [Test]
    public void A_cancelled_fit_stops()
    {
        using CancellationTokenSource source = new();
        Assert.That(() => LinearSoftmax.Fit(Random(new Random(1), 300, 8, 4), 30, 1, (_, _) => source.Cancel(), source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Lbfgs_finds_the_bottom_of_rosenbrocks_valley()
    {
        double[] point = [-1.2, 1];
        (int steps, double value) = LimitedMemoryBfgs.Minimise(
            static (x, g) =>
            {
                double bend = x[1] - (x[0] * x[0]);
                g[0] = (-400 * x[0] * bend) - (2 * (1 - x[0]));
                g[1] = 200 * bend;
                return (100 * bend * bend) + ((1 - x[0]) * (1 - x[0]));
            },
            point,
            tolerance: 1e-8,
            relativeTolerance: 1,
            mostIterations: 200,
            onStep: null,
            CancellationToken.None);
        Assert.That(point, Is.EqualTo(new[] { 1.0, 1.0 }).Within(1e-6));
        Assert.That(value, Is.LessThan(1e-12));
        Assert.That(steps, Is.LessThan(100));
    }

    private static ClassifierExamples Random(Random random, int rows, int dimension, int classes) => new(
        [.. Enumerable.Range(0, rows * dimension).Select(_ => (float)(random.NextDouble() - 0.5))],
        [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))],
        dimension,
        classes);

    private static double[] Point(Random random, SoftmaxObjective objective, ClassifierExamples examples)
    {
        double[] point = new double[objective.ParameterCount];
        for (int i = 0; i < point.Length; i++)
        {
            point[i] = i % objective.Columns < examples.ClassCount ? random.NextDouble() - 0.5 : 0;
        }

        return point;
    }

    private static double Plain(ClassifierExamples examples, double inversePenalty, double[] point, int columns)
    {
        double loss = 0;
        for (int r = 0; r < examples.Count; r++)
        {
            double[] scores = [.. Enumerable.Range(0, examples.ClassCount).Select(c =>
            {
                double sum = point[(examples.Dimension * columns) + c];
                for (int d = 0; d < examples.Dimension; d++)
                {
                    sum += examples.Vector(r)[d] * point[(d * columns) + c];
                }

                return sum;
            })];
            loss += Math.Log(scores.Sum(Math.Exp)) - scores[examples.Classes[r]];
        }

        double squares = point.Take(examples.Dimension * columns).Sum(static p => p * p);
        return (loss / examples.Count) + (squares / (2 * inversePenalty * examples.Count));
    }
}
