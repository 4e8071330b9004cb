using System.Globalization;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Writes a model in several files, as llama-gguf-split does: all metadata in the first, and tensors in every one.</summary>
internal static class ShardFiles
{
    /// <summary>The paths of the shards in their order.</summary>
    internal static string[] Write(TemporaryFolder folder, string source, int count, string stem = "model", Action<int, GgufBuilder>? change = null)
    {
        GgufBuilder whole = GgufBuilder.Parse(File.ReadAllBytes(source));
        int each = (whole.Tensors.Count + count - 1) / count;
        List<string> paths = [];
        for (int i = 0; i < count; i++)
        {
            GgufBuilder shard = new();
            if (i == 0)
            {
                shard.Pairs.AddRange(whole.Pairs);
            }

            shard.With("split.no", (ushort)i).With("split.count", (ushort)count).With("split.tensors.count", whole.Tensors.Count);
            shard.Tensors.AddRange(whole.Tensors.Skip(i * each).Take(each));
            change?.Invoke(i, shard);
            paths.Add(folder.File(Name(stem, i + 1, count), shard.Write()));
        }

        return [.. paths];
    }

    internal static string Name(string stem, int number, int count) => string.Create(CultureInfo.InvariantCulture, $"{stem}-{number:00000}-of-{count:00000}.gguf");
}
