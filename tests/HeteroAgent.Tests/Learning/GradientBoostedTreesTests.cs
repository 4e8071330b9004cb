using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class GradientBoostedTreesTests
{
    private static readonly GradientBoostedTreesOptions OneStump = new() { Trees = 1, Leaves = 2, LearningRate = 1, MinLeafHessian = 0, MinLeafRows = 1, RowFraction = 1, FeatureFraction = 1 };

    [Test]
    public void One_stump_is_what_a_hand_computes()
    {
        // Gradients ±1/2 and hessians 1/4 at margin 0: each side's output is ∓(2 · 1/2) / (2 · 1/4 + 1) = ∓2/3.
        GradientBoostedTrees trees = GradientBoostedTrees.Train([1, 2, 3, 4], 1, [0, 0, 1, 1], default, OneStump);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trees.BaseMargin, Is.Zero);
            Assert.That(trees.Trees[0].Threshold[0], Is.EqualTo(2.5f));
            Assert.That(trees.PredictMargin([2.5f]), Is.EqualTo(-2.0 / 3).Within(1e-6));
            Assert.That(trees.PredictMargin([MathF.BitIncrement(2.5f)]), Is.EqualTo(2.0 / 3).Within(1e-6));
            Assert.That(trees.Predict([9]), Is.EqualTo(1 / (1 + Math.Exp(-2.0 / 3))).Within(1e-6));
        }
    }

    [TestCase(0f, ExpectedResult = true)]
    [TestCase(1f, ExpectedResult = false)]
    public bool A_missing_value_goes_where_its_rows_belong(float labelOfMissing)
    {
        GradientBoostedTrees trees = GradientBoostedTrees.Train([1, 2, 3, 4, float.NaN, float.NaN], 1, [0, 0, 1, 1, labelOfMissing, labelOfMissing], default, OneStump);
        Assert.That(trees.PredictMargin([float.NaN]), Is.EqualTo(trees.PredictMargin([labelOfMissing == 0 ? 1 : 4])));
        return trees.Trees[0].MissingLeft[0];
    }

    [Test]
    public void A_weight_of_two_is_a_row_given_twice()
    {
        GradientBoostedTrees weighted = GradientBoostedTrees.Train([1, 2, 3, 4], 1, [0, 1, 0, 1], [1, 2, 1, 1], OneStump);
        GradientBoostedTrees repeated = GradientBoostedTrees.Train([1, 2, 2, 3, 4], 1, [0, 1, 1, 0, 1], default, OneStump);
        Assert.That(weighted.PredictMargin([2]), Is.EqualTo(repeated.PredictMargin([2])).Within(1e-6));
    }

    [Test]
    public void More_trees_never_raise_the_loss_on_the_training_rows()
    {
        (float[] x, float[] y) = Rings(500, seed: 3);
        double before = double.PositiveInfinity;
        foreach (int count in (int[])[1, 2, 5, 20, 80])
        {
            GradientBoostedTrees trees = GradientBoostedTrees.Train(x, 3, y, default, new() { Trees = count, RowFraction = 1, FeatureFraction = 1 });
            double loss = 0;
            for (int i = 0; i < y.Length; i++)
            {
                double p = trees.Predict(x.AsSpan(i * 3, 3));
                loss -= Math.Log(y[i] > 0 ? p : 1 - p);
            }

            Assert.That(loss, Is.LessThan(before), $"{count} trees");
            before = loss;
        }
    }

    [Test]
    public void Learns_what_no_line_divides_and_is_the_same_each_time()
    {
        (float[] x, float[] y) = Rings(2000, seed: 1);
        (float[] unseen, float[] truth) = Rings(1000, seed: 2);
        GradientBoostedTrees trees = GradientBoostedTrees.Train(x, 3, y);
        GradientBoostedTrees again = GradientBoostedTrees.Train(x, 3, y);
        int right = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            ReadOnlySpan<float> row = unseen.AsSpan(i * 3, 3);
            right += trees.Predict(row) > 0.5 == truth[i] > 0 ? 1 : 0;
            Assert.That(again.PredictMargin(row), Is.EqualTo(trees.PredictMargin(row)));
        }

        Assert.That(right, Is.GreaterThan(950));
    }

    [Test]
    public void Survives_being_saved_and_refuses_what_is_damaged()
    {
        (float[] x, float[] y) = Rings(300, seed: 5);
        GradientBoostedTrees trees = GradientBoostedTrees.Train(x, 3, y, default, new() { Trees = 10 });
        using MemoryStream stream = new();
        trees.Save(stream);
        byte[] bytes = stream.ToArray();
        GradientBoostedTrees loaded = GradientBoostedTrees.Load(new MemoryStream(bytes));
        Assert.That(loaded.PredictMargin(x.AsSpan(0, 3)), Is.EqualTo(trees.PredictMargin(x.AsSpan(0, 3))));
        for (int cut = 0; cut < bytes.Length; cut += 7)
        {
            int length = cut;
            Assert.That(() => GradientBoostedTrees.Load(new MemoryStream(bytes, 0, length)), Throws.InstanceOf<InvalidDataException>());
        }

        bytes[16 + 4 + 8] = 0; // The root's left child becomes the root.
        Assert.That(() => GradientBoostedTrees.Load(new MemoryStream(bytes)), Throws.InstanceOf<InvalidDataException>());
    }

    [Test]
    public void Bad_input_is_named()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => GradientBoostedTrees.Train([1, 2, 3], 2, [0]), Throws.ArgumentException);
            Assert.That(() => GradientBoostedTrees.Train([], 1, []), Throws.ArgumentException);
            Assert.That(() => GradientBoostedTrees.Train([1], 1, [2]), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("row 0"));
            Assert.That(() => GradientBoostedTrees.Train([1], 1, [1], [float.NaN]), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => GradientBoostedTrees.Train([1], 1, [1], [0]), Throws.ArgumentException);
            Assert.That(() => GradientBoostedTrees.Train([1], 1, [1], default, new() { Bins = 256 }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Bins"));
            Assert.That(() => GradientBoostedTrees.Train([1], 1, [1]).Predict([1, 2]), Throws.ArgumentException);
            Assert.That(() => GradientBoostedTrees.Train([1], 1, [1], default, null, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(GradientBoostedTrees.Train([1, 1], 1, [1, 1]).Predict([1]), Is.GreaterThan(0.99), "one class only");
        }
    }

    private static (float[] X, float[] Y) Rings(int count, int seed)
    {
        Random random = new(seed);
        var x = new float[count * 3];
        var y = new float[count];
        for (int i = 0; i < count; i++)
        {
            double a = (random.NextDouble() * 2) - 1, b = (random.NextDouble() * 2) - 1;
            x[i * 3] = (float)a;
            x[(i * 3) + 1] = (float)b;
            x[(i * 3) + 2] = random.NextSingle();
            y[i] = (a * a) + (b * b) < 0.5 ? 1 : 0;
        }

        return (x, y);
    }
}
