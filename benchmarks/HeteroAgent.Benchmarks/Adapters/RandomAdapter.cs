using System.Runtime.InteropServices;
using System.Text;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>Writes an adapter of rank 8 for all linear layers of a model, with small random numbers: what it says does not matter here, what it costs does.</summary>
internal static class RandomAdapter
{
    private const int Rank = 8;
    private const int Alignment = 32;
    private const uint StringType = 8;
    private const uint FloatType = 6;

    internal static void Write(string path, LlamaModel model, int seed)
    {
        List<(string Name, long Row, long Rows)> tensors = [];
        foreach (GgufTensor weight in model.File.Tensors.Where(t => t.Shape.Count == 2 && t.Name.StartsWith("blk.", StringComparison.Ordinal)))
        {
            tensors.Add((weight.Name + ".lora_a", weight.Shape[0], Rank));
            tensors.Add((weight.Name + ".lora_b", Rank, weight.Shape[1]));
        }

        using BinaryWriter writer = new(File.Create(path));
        writer.Write("GGUF"u8);
        writer.Write(3);
        writer.Write((ulong)tensors.Count);
        writer.Write(4UL);
        Pair(writer, "general.architecture", model.Architecture);
        Pair(writer, "general.type", "adapter");
        Pair(writer, "adapter.type", "lora");
        Text(writer, "adapter.lora.alpha");
        writer.Write(FloatType);
        writer.Write((float)Rank);
        long offset = 0;
        foreach ((string name, long row, long rows) in tensors)
        {
            Text(writer, name);
            writer.Write(2);
            writer.Write(row);
            writer.Write(rows);
            writer.Write(0);
            writer.Write(offset);
            offset += (row * rows * sizeof(float)) + Padding(row * rows * sizeof(float));
        }

        Random random = new(seed);
        foreach ((_, long row, long rows) in tensors)
        {
            writer.Write(new byte[Padding(writer.BaseStream.Position)]);
            float[] numbers = [.. Enumerable.Range(0, (int)(row * rows)).Select(_ => 0.02f * ((2 * random.NextSingle()) - 1))];
            writer.Write(MemoryMarshal.AsBytes<float>(numbers));
        }
    }

    private static long Padding(long size) => (Alignment - (size % Alignment)) % Alignment;

    private static void Pair(BinaryWriter writer, string key, string value)
    {
        Text(writer, key);
        writer.Write(StringType);
        Text(writer, value);
    }

    private static void Text(BinaryWriter writer, string text)
    {
        writer.Write((ulong)text.Length);
        writer.Write(Encoding.ASCII.GetBytes(text));
    }
}
