using System.Globalization;
using System.Text.RegularExpressions;

namespace HeteroAgent.LlamaCpp;

/// <summary>Finds the shards of a model by their names, as llama.cpp does, and checks that they belong together.</summary>
internal static partial class GgufShards
{
    private const string NumberKey = "split.no";
    internal const string CountKey = "split.count";
    private const string TensorsKey = "split.tensors.count";

    internal static GgufFile Read(string path)
    {
        GgufFile named = GgufFile.Read(path);
        if (!named.Metadata.TryGetInt64(CountKey, out long count) || count <= 1)
        {
            return named;
        }

        Match name = ShardName().Match(Path.GetFileName(named.Path!));
        if (!name.Success || !int.TryParse(name.Groups[3].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int total) || total != count)
        {
            throw RunnableCheck.Error(named, GgufError.NotAModel, string.Create(CultureInfo.InvariantCulture,
                $"this is a shard of a model in {count} files, and its name does not end in '-00001-of-{count:00000}.gguf', by which the others are found: give all of them their names back, or merge them with llama-gguf-split --merge"));
        }

        int number = int.Parse(name.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        string Sibling(int i) => Path.Combine(Path.GetDirectoryName(named.Path!)!, string.Create(CultureInfo.InvariantCulture, $"{name.Groups[1].Value}-{i:00000}-of-{count:00000}.gguf"));
        List<GgufFile> shards = [];
        for (int i = 1; i <= count; i++)
        {
            string sibling = Sibling(i);
            shards.Add(i == number ? named
                : File.Exists(sibling) ? GgufFile.Read(sibling)
                : throw RunnableCheck.Error(named, GgufError.NotAModel, $"this is shard {number} of a model in {count} files, and shard {i} is missing: '{sibling}'"));
        }

        Check(shards);
        return new GgufFile(shards);
    }

    private static void Check(List<GgufFile> shards)
    {
        Dictionary<string, int> owners = new(StringComparer.Ordinal);
        shards[0].Metadata.TryGetInt64(TensorsKey, out long announced);
        for (int i = 0; i < shards.Count; i++)
        {
            GgufFile shard = shards[i];
            if (!shard.Metadata.TryGetInt64(CountKey, out long count) || count != shards.Count)
            {
                throw Foreign(shard, i, $"'{CountKey}' is {(count > 0 ? count.ToString(CultureInfo.InvariantCulture) : "missing")} and {shards.Count} was expected");
            }

            if (!shard.Metadata.TryGetInt64(NumberKey, out long number) || number != i)
            {
                throw Foreign(shard, i, $"'{NumberKey}' says that it is shard {number + 1}: a shard is there twice, or was given another's name");
            }

            if (!shard.Metadata.TryGetInt64(TensorsKey, out long tensors) || tensors != announced)
            {
                throw Foreign(shard, i, $"'{TensorsKey}' is {tensors} and {announced} in the first shard: it belongs to another model");
            }

            if (shard.Architecture is { } architecture && architecture != shards[0].Architecture)
            {
                throw Foreign(shard, i, $"its architecture is '{architecture}' and '{shards[0].Architecture}' in the first shard: it belongs to another model");
            }

            foreach (GgufTensor tensor in shard.Tensors)
            {
                if (!owners.TryAdd(tensor.Name, i))
                {
                    throw Foreign(shard, i, $"the tensor '{tensor.Name}' is in shard {owners[tensor.Name] + 1} as well");
                }
            }
        }

        if (owners.Count != announced)
        {
            throw RunnableCheck.Incoherent(shards[0], $"the {shards.Count} shards hold {owners.Count} tensors together and '{TensorsKey}' announces {announced}: a shard belongs to another model");
        }
    }

    private static GgufException Foreign(GgufFile shard, int index, string message) => RunnableCheck.Incoherent(shard, $"this was to be shard {index + 1}, and {message}");

    [GeneratedRegex(@"^(.*)-([0-9]{5})-of-([0-9]{5})\.gguf$", RegexOptions.CultureInvariant)]
    private static partial Regex ShardName();
}
