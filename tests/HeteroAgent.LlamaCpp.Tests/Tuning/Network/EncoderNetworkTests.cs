using System.Numerics.Tensors;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>The encoder's training graph against the engine, which computes the same file in its own way.</summary>
internal sealed class EncoderNetworkTests
{
    [Test]
    public async Task Hidden_states_averaged_are_the_engines_embeddings()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf"));
        using IEmbeddingGenerator<string, Embedding<float>> generator = model.AsIEmbeddingGenerator();
        using GgufTensorData tensors = new(model.File);
        int width = model.File.EmbeddingLength!.Value;
        TransformerNetwork network = BertBuilder.Build(model.File, tensors.Find, newBlocks: 0, outputs: width, seed: 1);

        // With the identity as its output matrix the network gives its hidden states.
        Parameter output = network.Parameters.Parameters.Single(p => p.Name == "labels.weight");
        network.Parameters.Of(output).Clear();
        for (int i = 0; i < width; i++)
        {
            network.Parameters.Of(output)[(i * width) + i] = 1;
        }

        string[] texts = ["play some jazz by miles davis", "I lost my card and would like a new one, please.", "What will the weather be like in Zürich the day after tomorrow at half past nine?"];
        GeneratedEmbeddings<Embedding<float>> expected = await generator.GenerateAsync(texts);
        PackedBatch batch = new();
        int[] lengths = new int[texts.Length];
        for (int t = 0; t < texts.Length; t++)
        {
            int[] tokens = [.. model.EmbeddingScheduler.Tokenizer.Encode(texts[t], truncate: false)];
            lengths[t] = tokens.Length;
            batch.AddSequence(tokens);
            for (int i = 0; i < tokens.Length; i++)
            {
                batch.AddOutput(i);
            }
        }

        float[] states = network.Logits(new NetworkPass(network.Parameters, network.Parameters.Values, withGradient: false), batch);
        int row = 0;
        for (int t = 0; t < texts.Length; t++)
        {
            float[] sum = new float[width];
            for (int i = 0; i < lengths[t]; i++, row++)
            {
                TensorPrimitives.Add(sum, states.AsSpan(row * width, width), sum);
            }

            Assert.That(TensorPrimitives.CosineSimilarity(sum, expected[t].Vector.Span), Is.GreaterThan(0.999f), texts[t]);
        }
    }
}
