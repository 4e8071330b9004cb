using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Gradients against finite differences, on small shapes of every kind that is trained.</summary>
[TestFixture]
internal sealed class GradientTests
{
    private const float Difference = 4e-3f;

    private static IEnumerable<TestCaseData> Shapes()
    {
        TransformerShape llama = new() { VocabularySize = 23, Width = 24, Layers = 2, Heads = 3, KeyValueHeads = 3, HeadSize = 8, FeedForward = 20, ContextLength = 32 };
        yield return new TestCaseData(llama).SetArgDisplayNames("llama");
        yield return new TestCaseData(llama with { KeyValueHeads = 1, TiedOutput = false }).SetArgDisplayNames("grouped queries, an output of its own");
        yield return new TestCaseData(llama with { Causal = false, RotaryDimensions = 4 }).SetArgDisplayNames("both directions, half the head turned");
        yield return new TestCaseData(llama with { Architecture = "qwen2", AttentionBiases = true }).SetArgDisplayNames("qwen2");
        yield return new TestCaseData(llama with { Architecture = "qwen3", AttentionNorms = true, KeyValueHeads = 1 }).SetArgDisplayNames("qwen3");
    }

    [TestCaseSource(nameof(Shapes))]
    public void Gradients_of_all_weights_are_those_of_finite_differences(object kind)
    {
        TransformerShape shape = (TransformerShape)kind;
        TransformerNetwork network = TransformerBuilder.Trained(shape);
        Fill(network.Parameters, 7);
        Check(network, Batch(shape.VocabularySize));
    }

    [Test]
    public void Gradients_over_a_long_sequence_are_those_of_finite_differences([Values] bool causal)
    {
        // Longer than the rows that attention takes at once.
        TransformerShape shape = new() { VocabularySize = 23, Width = 24, Layers = 2, Heads = 3, KeyValueHeads = 1, HeadSize = 8, FeedForward = 20, ContextLength = 256, Causal = causal };
        TransformerNetwork network = TransformerBuilder.Trained(shape);
        Fill(network.Parameters, 7);
        int[] tokens = [.. Enumerable.Range(0, 211).Select(i => i * i % 23)];
        PackedBatch batch = new();
        batch.AddSequence(tokens);
        batch.AddTarget(95, 3);
        batch.AddTarget(96, 5);
        batch.AddTarget(210, 9);
        Check(network, batch);

        // What stands behind does not change what a token sees, and only there.
        PackedBatch beginning = new();
        beginning.AddSequence(tokens.AsSpan(0, 97));
        beginning.AddTarget(95, 3);
        beginning.AddTarget(96, 5);
        NetworkPass pass = new(network.Parameters, network.Parameters.Values, withGradient: false);
        float[] whole = network.Logits(pass, batch)[..46];
        Assert.That(network.Logits(pass, beginning), causal ? Is.EqualTo(whole).Within(1e-5) : Is.Not.EqualTo(whole).Within(1e-5));
    }

    [Test]
    public void Gradients_of_an_adapter_are_those_of_finite_differences()
    {
        TransformerShape shape = new() { VocabularySize = 23, Width = 24, Layers = 2, Heads = 3, KeyValueHeads = 1, HeadSize = 8, FeedForward = 20, ContextLength = 32 };
        TransformerNetwork trained = TransformerBuilder.Trained(shape);
        Fill(trained.Parameters, 3);
        TransformerNetwork network = TransformerBuilder.WithLora(shape, name => new Rows(trained.Parameters, name), new LoraShape(3, 6, LoraOptions.KnownTargets));
        Fill(network.Parameters, 5);
        Check(network, Batch(shape.VocabularySize));
    }

    [Test]
    public void Gradients_of_an_encoder_are_those_of_finite_differences()
    {
        BertSource source = new(width: 16, hidden: 28, vocabulary: 23, layers: 1);
        TransformerNetwork network = BertBuilder.Build(source.File, source.Find, newBlocks: 1, outputs: 9, seed: 1);
        Fill(network.Parameters, 11);
        Check(network, Batch(9));
    }

    [Test]
    public void Several_threads_and_small_pieces_sum_to_the_same_gradient()
    {
        TransformerShape shape = new() { VocabularySize = 23, Width = 24, Layers = 1, Heads = 3, KeyValueHeads = 3, HeadSize = 8, FeedForward = 20, ContextLength = 32 };
        TransformerNetwork network = TransformerBuilder.Trained(shape);
        Fill(network.Parameters, 7);
        TrainingSequence[] sequences = [.. Enumerable.Range(0, 9).Select(i => new TrainingSequence([.. Enumerable.Range(i, 3 + i)], [new TrainingTarget(2, i), new TrainingTarget(1, 5)], i))];
        TrainingTask task = new() { Parameters = network.Parameters, LossAndGradient = network.LossAndGradient, Data = new FixedData(sequences), Fingerprint = "" };
        GradientWorkers whole = new(task, 1, 10_000);
        GradientWorkers cut = new(task, 3, 8);
        double expected = whole.Compute(sequences);
        Assert.That(cut.Compute(sequences), Is.EqualTo(expected).Within(1e-6 * expected));
        Assert.That(cut.Gradient, Is.EqualTo(whole.Gradient).Within(1e-6));
    }

    private static void Fill(ParameterSet parameters, int seed)
    {
        NetworkInitialization.Fill(parameters, 2, seed);
        Random random = new(seed);
        foreach (Parameter parameter in parameters.Parameters)
        {
            foreach (ref float value in parameters.Of(parameter))
            {
                value = (value * 2) + (0.05f * ((float)random.NextDouble() - 0.5f));
            }
        }
    }

    private static PackedBatch Batch(int outputs)
    {
        PackedBatch batch = new();
        batch.AddSequence([1, 4, 2, 8, 5, 7]);
        batch.AddTarget(1, 3);
        batch.AddTarget(5, outputs - 1);
        batch.AddSequence([9, 1, 13]);
        batch.AddTarget(2, [2, 4, 5], [0.5f, 0.3f, 0.2f]);
        return batch;
    }

    /// <summary>Along random directions of each tensor, where rounding averages out.</summary>
    private static void Check(TransformerNetwork network, PackedBatch batch)
    {
        ParameterSet parameters = network.Parameters;
        NetworkPass pass = new(parameters, parameters.Values, withGradient: true);
        double loss = network.LossAndGradient(pass, batch, 1);
        Assert.That(network.Loss(pass, batch), Is.EqualTo(loss).Within(1e-5 * loss), "the loss without a gradient");
        Random random = new(1);
        Assert.Multiple(() =>
        {
            foreach (Parameter parameter in parameters.Parameters)
            {
                float[] saved = parameters.Of(parameter).ToArray();
                float[] direction = [.. saved.Select(_ => (float)(random.NextDouble() - 0.5))];
                float length = Difference / MathF.Sqrt(direction.Sum(d => d * d));
                double slope = direction.Select((d, i) => (double)d * pass.Gradients[parameter.Offset + i]).Sum() * length;
                double up = LossAt(+length);
                double down = LossAt(-length);
                saved.CopyTo(parameters.Of(parameter));
                double measured = (up - down) / 2;
                Assert.That(slope, Is.EqualTo(measured).Within((0.03 * Math.Abs(measured)) + 4e-5), parameter.Name);

                double LossAt(float step)
                {
                    for (int i = 0; i < saved.Length; i++)
                    {
                        parameters.Of(parameter)[i] = saved[i] + (step * direction[i]);
                    }

                    return network.Loss(pass, batch);
                }
            }
        });
    }

    private sealed class Rows(ParameterSet parameters, string name) : IRowSource
    {
        private readonly Parameter _parameter = parameters.Parameters.Single(p => p.Name == name);

        int IRowSource.Rows => _parameter.Rows;

        int IRowSource.Columns => _parameter.Columns;

        void IRowSource.ReadRows(int first, int count, Span<float> target) =>
            parameters.Of(_parameter).Slice(first * _parameter.Columns, count * _parameter.Columns).CopyTo(target);
    }
}
