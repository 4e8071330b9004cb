using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>The forward passes of the layers that are no matrix products, against their formulas in 64 bits.</summary>
[TestFixture]
internal sealed unsafe class LayerTests
{
    private const float Epsilon = 1e-5f;

    // Sizes that fill no vector, one, and several with a rest.
    private static readonly int[] Widths = [1, 3, 16, 37, 128];

    [Test]
    public void LayerNorm_is_its_formula([ValueSource(nameof(Widths))] int width)
    {
        (float[] x, float[] weight, float[] bias, float[] y) = (Numbers(3 * width, 1), Numbers(width, 2), Numbers(width, 3), new float[3 * width]);
        fixed (float* source = x, target = y)
        {
            new LayerNorm(new WeightVector(weight), new WeightVector(bias), Epsilon).Forward(Pass(), source, target, 3);
        }

        Expect(y, i =>
        {
            double[] row = Row(x, i / width, width);
            double mean = row.Average();
            double variance = row.Average(v => (v - mean) * (v - mean));
            return ((row[i % width] - mean) / Math.Sqrt(variance + Epsilon) * weight[i % width]) + bias[i % width];
        });
    }

    [Test]
    public void RmsNorm_is_its_formula([ValueSource(nameof(Widths))] int width)
    {
        (float[] x, float[] weight, float[] y) = (Numbers(3 * width, 4), Numbers(width, 5), new float[3 * width]);
        fixed (float* source = x, target = y)
        {
            new RmsNorm(new WeightVector(weight), Epsilon).Forward(Pass(), source, target, 3);
        }

        Expect(y, i => x[i] / Math.Sqrt(Row(x, i / width, width).Average(v => v * v) + Epsilon) * weight[i % width]);
    }

    [Test]
    public void Gelu_is_its_formula_with_tanh([ValueSource(nameof(Widths))] int count)
    {
        (float[] x, float[] y) = (Numbers(count, 6, 5), new float[count]);
        fixed (float* source = x, target = y)
        {
            Gelu.Forward(source, target, count);
        }

        Expect(y, i => 0.5 * x[i] * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x[i] + (0.044715 * x[i] * x[i] * x[i])))));
    }

    [Test]
    public void SwiGlu_is_its_formula([ValueSource(nameof(Widths))] int count)
    {
        (float[] gate, float[] up, float[] y) = (Numbers(count, 7, 9), Numbers(count, 8), new float[count]);
        fixed (float* g = gate, u = up, target = y)
        {
            SwiGlu.Forward(g, u, target, count);
        }

        Expect(y, i => gate[i] / (1 + Math.Exp(-gate[i])) * up[i]);
    }

    [Test]
    public void Positions_turn_pairs_by_their_angle_and_back([Values] bool neighbours, [Values(8, 6)] int dimensions)
    {
        const int Heads = 2;
        const int Size = 8;
        int[] positions = [0, 3, 31];
        RotaryEmbedding rotary = new(Size, dimensions, 10_000, neighbours, 32);
        float[] x = Numbers(positions.Length * Heads * Size, 9);
        float[] y = [.. x];
        fixed (float* target = y)
        {
            rotary.Rotate(target, Heads, positions, backwards: false);
        }

        Expect(y, i =>
        {
            int within = i % Size;
            if (within >= dimensions)
            {
                return x[i];
            }

            int half = dimensions / 2;
            (int pair, bool second) = neighbours ? (within / 2, within % 2 == 1) : (within % half, within >= half);
            double angle = positions[i / (Heads * Size)] * Math.Pow(10_000, -2.0 * pair / dimensions);
            int other = i + ((second ? -1 : 1) * (neighbours ? 1 : half));
            return second ? (x[other] * Math.Sin(angle)) + (x[i] * Math.Cos(angle)) : (x[i] * Math.Cos(angle)) - (x[other] * Math.Sin(angle));
        });
        fixed (float* target = y)
        {
            rotary.Rotate(target, Heads, positions, backwards: true);
        }

        Expect(y, i => x[i]);
    }

    private static NetworkPass Pass()
    {
        ParameterSet none = new();
        none.Allocate();
        return new NetworkPass(none, none.Values, withGradient: false);
    }

    private static float[] Numbers(int count, int seed, float size = 2)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => size * (float)((random.NextDouble() * 2) - 1))];
    }

    private static double[] Row(float[] x, int row, int width) => [.. x.Skip(row * width).Take(width).Select(v => (double)v)];

    private static void Expect(float[] found, Func<int, double> formula) =>
        Assert.That(found, Is.EqualTo(found.Select((_, i) => (float)formula(i)).ToArray()).Within(2e-5));
}
