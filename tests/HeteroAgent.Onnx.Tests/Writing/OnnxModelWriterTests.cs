using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using NUnit.Framework;

namespace HeteroAgent.Onnx.Tests;

/// <summary>What is written runs in ONNX Runtime and gives what plain code gives.</summary>
public sealed class OnnxModelWriterTests
{
    [Test]
    public void A_random_network_gives_what_plain_code_gives() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
        {
            Random random = new(seed);
            int inputs = random.Next(1, 9);
            int hidden = random.Next(1, 17);
            float[] w1 = Normal(random, inputs * hidden);
            float[] b1 = Normal(random, hidden);
            float[] w2 = Normal(random, hidden);
            float[] x = Normal(random, inputs * 3);
            byte[] file = new OnnxModelWriter("mlp")
                .Input("x", TensorElementType.Float, -1, inputs)
                .Constant("w1", w1, inputs, hidden)
                .Constant("b1", b1, hidden)
                .Constant("w2", w2, hidden, 1)
                .Operator("Gemm", ["x", "w1", "b1"], ["h"])
                .Operator("Relu", ["h"], ["r"])
                .Operator("MatMul", ["r", "w2"], ["z"])
                .Operator("Sigmoid", ["z"], ["p"])
                .Output("p", TensorElementType.Float, -1, 1)
                .ToArray();
            float[] actual = Run(file, x, inputs, "p");
            for (int row = 0; row < 3; row++)
            {
                double sum = 0;
                for (int h = 0; h < hidden; h++)
                {
                    double unit = b1[h];
                    for (int i = 0; i < inputs; i++)
                    {
                        unit += x[row * inputs + i] * (double)w1[i * hidden + h];
                    }

                    sum += Math.Max(unit, 0) * w2[h];
                }

                if (Math.Abs(actual[row] - 1 / (1 + Math.Exp(-sum))) > 1e-5)
                {
                    return false;
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Test]
    public void Trees_take_the_same_branches_in_the_runtime_also_at_thresholds_and_for_missing_values([Values(1, 2, 3, 4)] int seed)
    {
        const int Features = 5;
        Random random = new(seed);
        // A coarse grid, so that many values stand exactly on a threshold.
        float[] x = [.. Enumerable.Range(0, 600 * Features).Select(_ => random.Next(8) == 0 ? float.NaN : random.Next(-4, 5) * 0.1f)];
        float[] y = [.. Enumerable.Range(0, 600).Select(i => random.NextDouble() < (x[i * Features] > 0.05f || float.IsNaN(x[i * Features + 1]) ? 0.9 : 0.2) ? 1f : 0f)];
        GradientBoostedTrees trees = GradientBoostedTrees.Train(x, Features, y);
        byte[] file = new OnnxModelWriter("trees").Input("x", TensorElementType.Float, -1, Features).Trees(trees, "x", "m").Output("m", TensorElementType.Float, -1, 1).ToArray();
        Assert.That(trees.Trees, Is.Not.Empty);

        // The training rows, thresholds themselves, their neighbours, and infinities.
        float[] probes = [.. x, .. trees.Trees.SelectMany(t => t.Threshold).SelectMany(t => Enumerable.Repeat((float[])[t, MathF.BitIncrement(t), MathF.BitDecrement(t), float.PositiveInfinity, float.NegativeInfinity], 1).SelectMany(v => v))];
        float[] actual = Run(file, probes, Features, "m");
        for (int row = 0; row < actual.Length; row++)
        {
            Assert.That(actual[row], Is.EqualTo(trees.PredictMargin(probes.AsSpan(row * Features, Features))).Within(1e-4), $"row {row}");
        }
    }

    [Test]
    public void The_same_calls_give_the_same_bytes()
    {
        byte[] first = TestModels.Identity(TensorElementType.Float, 2);
        byte[] second = TestModels.Identity(TensorElementType.Float, 2);
        Assert.That(second, Is.EqualTo(first));
    }

    [Test]
    public void What_makes_no_graph_is_refused_when_it_is_added()
    {
        OnnxModelWriter writer = new OnnxModelWriter("w").Input("x", TensorElementType.Float, 2);
        Assert.Multiple(() =>
        {
            Assert.That(() => writer.Input("x", TensorElementType.Float, 2), Throws.ArgumentException.With.Message.Contains("'x'"));
            Assert.That(() => writer.Operator("Relu", ["y"], ["z"]), Throws.ArgumentException.With.Message.Contains("'y'"));
            Assert.That(() => writer.Constant("c", [1f, 2f], 3), Throws.ArgumentException.With.Message.Contains("[3]"));
            Assert.That(() => writer.Output("q", TensorElementType.Float, 2), Throws.ArgumentException.With.Message.Contains("'q'"));
            Assert.That(() => writer.Operator("Relu", ["x"], ["r"], domain: "com.other"), Throws.ArgumentException.With.Message.Contains("com.other"));
            Assert.That(() => writer.Output("x", TensorElementType.Float, -2), Throws.ArgumentException.With.Message.Contains("-2"));
            Assert.That(() => writer.ToArray(), Throws.InvalidOperationException);
        });
    }

    private static float[] Run(byte[] file, float[] x, int width, string output)
    {
        using OnnxModel model = OnnxModel.Load(file);
        int rows = x.Length / width;
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(x[..(rows * width)], [rows, width]);
        using IDisposableReadOnlyCollection<OrtValue> values = model.Run(new Dictionary<string, OrtValue> { ["x"] = input }, [output]);
        return values.Single().GetTensorDataAsSpan<float>().ToArray();
    }

    private static float[] Normal(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
}
