using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Small models and adapters with random weights, written here, so that these tests need no file from elsewhere.</summary>
internal static class AdapterSamples
{
    internal const uint Rank = 4;

    /// <summary>A llama of one block with random weights.</summary>
    internal static GgufBuilder Model(int seed = 1)
    {
        GgufBuilder builder = GgufSamples.Llama().With("llama.context_length", 512u);
        Random random = new(seed);
        for (int i = 0; i < builder.Tensors.Count; i++)
        {
            GgufTensorSpec tensor = builder.Tensors[i];
            builder.Tensors[i] = tensor with { Data = Numbers(tensor.Data.Length / sizeof(float), random, tensor.Shape.Length == 1 ? 0.2f : 1, tensor.Shape.Length == 1 ? 1 : 0) };
        }

        return builder;
    }

    /// <summary>An adapter for some matrices of a model, whose factors are both random: it changes what the model writes.</summary>
    internal static GgufBuilder Adapter(GgufBuilder model, int seed, float alpha = 8, float size = 0.5f, params string[] targets)
    {
        GgufBuilder builder = new GgufBuilder()
            .With("general.architecture", "llama")
            .With("general.type", "adapter")
            .With("adapter.type", "lora")
            .With("adapter.lora.alpha", alpha);
        Random random = new(seed);
        string[] names = targets.Length > 0 ? targets : ["attn_q.weight", "attn_v.weight", "ffn_down.weight"];
        foreach (GgufTensorSpec tensor in model.Tensors.Where(t => names.Any(n => t.Name.EndsWith(n, StringComparison.Ordinal))))
        {
            Add(builder, tensor.Name + ".lora_a", tensor.Shape[0], Rank, random, size);
            Add(builder, tensor.Name + ".lora_b", Rank, tensor.Shape[1], random, size);
        }

        return builder;
    }

    private static void Add(GgufBuilder builder, string name, ulong row, ulong rows, Random random, float size) =>
        builder.Tensors.Add(new GgufTensorSpec(name, [row, rows], 0, Numbers((int)(row * rows), random, size, 0)));

    private static byte[] Numbers(int count, Random random, float size, float middle) =>
        MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, count).Select(_ => middle + (size * ((2 * random.NextSingle()) - 1)))]).ToArray();
}
