using System.Text.Json;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Forward pass, gradients and ten steps of AdamW against 64-bit PyTorch.</summary>
[TestFixture]
internal sealed class TuningGoldenTests
{
    private const double Tolerance = 1e-3;
    private JsonElement _golden;
    private FloatTensors _base = null!;
    private FloatTensors _adapter = null!;

    [OneTimeSetUp]
    public void Read()
    {
        string folder = SharedData.Require("models", "goldens", "tuning");
        _golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json"))).RootElement;
        _base = new FloatTensors(Path.Combine(folder, "init.gguf"));
        _adapter = new FloatTensors(Path.Combine(folder, "lora-init.gguf"));
    }

    [Test]
    public void All_weights_follow_the_golden_over_ten_steps() => Follow(Full(), _golden.GetProperty("full"), 0.1f);

    [Test]
    public void An_adapter_alone_follows_the_golden_over_ten_steps() => Follow(Lora(), _golden.GetProperty("lora"), 0);

    [Test]
    public void Logits_are_those_of_the_golden_with_and_without_adapter()
    {
        Assert.Multiple(() =>
        {
            Assert.That(LastLogits(Full()), Is.EqualTo(Numbers(_golden.GetProperty("first_sequence_last_logits"))).Within(2e-6));
            Assert.That(LastLogits(Lora()), Is.EqualTo(Numbers(_golden.GetProperty("lora").GetProperty("first_sequence_last_logits"))).Within(2e-6));
        });
    }

    private static float[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(n => n.GetSingle())];

    private static double Norm(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += (double)value * value;
        }

        return Math.Sqrt(sum);
    }

    private TransformerNetwork Full()
    {
        TransformerNetwork network = TransformerBuilder.Trained(TransformerShapeReader.Read(_base.File));
        _base.CopyTo(network.Parameters);
        return network;
    }

    private TransformerNetwork Lora()
    {
        LoraShape shape = new(4, 8, ["attn_q", "attn_v", "ffn_down"]);
        TransformerNetwork network = TransformerBuilder.WithLora(TransformerShapeReader.Read(_base.File), _base.Find, shape);
        _adapter.CopyTo(network.Parameters);
        return network;
    }

    private float[] LastLogits(TransformerNetwork network)
    {
        int[] tokens = Tokens(_golden.GetProperty("sequences")[0]);
        PackedBatch batch = new();
        batch.AddSequence(tokens);
        batch.AddOutput(tokens.Length - 1);
        return network.Logits(new NetworkPass(network.Parameters, network.Parameters.Values, withGradient: false), batch);
    }

    private static int[] Tokens(JsonElement sequence) => [.. sequence.GetProperty("tokens").EnumerateArray().Select(t => t.GetInt32())];

    private void Follow(TransformerNetwork network, JsonElement golden, float decay)
    {
        PackedBatch batch = new();
        foreach (JsonElement sequence in _golden.GetProperty("sequences").EnumerateArray())
        {
            int[] tokens = Tokens(sequence);
            batch.AddSequence(tokens);
            for (int i = sequence.GetProperty("answer_start").GetInt32(); i < tokens.Length; i++)
            {
                batch.AddTarget(i - 1, tokens[i]);
            }
        }

        ParameterSet parameters = network.Parameters;
        NetworkPass pass = new(parameters, parameters.Values, withGradient: true);
        AdamW optimizer = new(parameters, 0.9f, 0.95f, 1e-8f, decay);
        int outputs = batch.Outputs.Length;
        int step = 0;
        foreach (JsonElement expected in golden.GetProperty("steps").EnumerateArray())
        {
            pass.Gradients.AsSpan().Clear();
            double loss = network.LossAndGradient(pass, batch, 1f / outputs) / outputs;
            double norm = Norm(pass.Gradients);
            string where = $"step {step + 1}";
            Assert.That(loss, Is.EqualTo(expected.GetProperty("loss").GetDouble()).Within(Tolerance * expected.GetProperty("loss").GetDouble()), where);
            if (expected.TryGetProperty("grad_norm", out JsonElement wanted))
            {
                Assert.That(norm, Is.EqualTo(wanted.GetDouble()).Within(Tolerance * wanted.GetDouble()), where);
            }

            if (expected.TryGetProperty("grad_norms", out JsonElement each))
            {
                foreach (Parameter parameter in parameters.Parameters)
                {
                    double of = each.GetProperty(parameter.Name).GetDouble();
                    Assert.That(Norm(pass.Gradients.AsSpan(parameter.Offset, parameter.Count)), Is.EqualTo(of).Within(Tolerance * of), parameter.Name);
                }
            }

            optimizer.Step(pass.Gradients, (float)Math.Min(1, 1 / norm), 0.01f, ++step, 0, parameters.Count);
        }

        Assert.That(step, Is.EqualTo(11));
    }
}
