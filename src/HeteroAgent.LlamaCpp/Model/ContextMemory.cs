using System.Globalization;

namespace HeteroAgent.LlamaCpp;

/// <summary>Estimates the memory of a context from a file's hyperparameters, so that one that cannot exist is refused before it is allocated.</summary>
internal sealed class ContextMemory
{
    // 16-bit floats.
    private const int CellBytes = 2;

    // llama.cpp rounds the cells up to whole blocks of this many.
    private const int Padding = 256;

    // For each cell and token of a step: the mask, in 32 and in 16 bits.
    private const int MaskBytes = 6;

    private readonly double _bytesPerToken;
    private readonly double _fixedBytes;

    private ContextMemory(double keysAndValues, GgufFile file, SchedulerLimits limits)
    {
        KeysAndValuesPerToken = keysAndValues;
        _bytesPerToken = keysAndValues + ((double)limits.Chunk * MaskBytes);
        _fixedBytes = (double)limits.Outputs * (file.VocabularySize ?? 0) * sizeof(float);
    }

    /// <summary>The bytes of one token's keys and values in all layers.</summary>
    internal double KeysAndValuesPerToken { get; }

    /// <summary>The estimate for a file, or null where its metadata does not tell: recurrent and hybrid models, those that compress their cache, and those without one.</summary>
    internal static ContextMemory? Of(GgufFile file, SchedulerLimits limits)
    {
        string[] untold = ["attention.kv_lora_rank", "ssm.state_size", "ssm.conv_kernel", "wkv.head_size", "shortconv.l_cache", "attention.shared_kv_layers", "attention.key_length_swa"];
        bool causal = !file.Metadata.TryGetBoolean($"{file.Architecture}.attention.causal", out bool stated) || stated;
        if (!causal || file.Architecture == "bert" || file.BlockCount is not { } blocks || file.HeadCount is not > 0 || file.EmbeddingLength is not { } width
            || Array.Exists(untold, k => file.Metadata.Contains($"{file.Architecture}.{k}")))
        {
            return null;
        }

        double heads = KeyValueHeads(file, blocks);
        double length = Number(file, "attention.key_length") ?? ((double)width / file.HeadCount.Value);
        double values = Number(file, "attention.value_length") ?? ((double)width / file.HeadCount.Value);
        return new ContextMemory(heads * (length + values) * CellBytes, file, limits);
    }

    /// <summary>The bytes of a context of this many tokens.</summary>
    internal double Bytes(int contextLength) => (((long)contextLength + Padding - 1) / Padding * Padding * _bytesPerToken) + _fixedBytes;

    /// <summary>Refuses a context that needs more than there is.</summary>
    /// <exception cref="LlamaModelException">It does not fit.</exception>
    internal void RequireFits(string path, int contextLength, double available, string where)
    {
        double needed = Bytes(contextLength);
        if (needed <= available)
        {
            return;
        }

        double fits = Math.Floor((available - _fixedBytes) / _bytesPerToken / Padding) * Padding;
        string advice = fits >= 32
            ? string.Create(CultureInfo.InvariantCulture, $"at most {fits:0} tokens fit")
            : "not even the shortest context fits";
        throw new LlamaModelException(path, string.Create(CultureInfo.InvariantCulture,
            $"a context of ContextLength {contextLength} tokens needs about {needed:0} bytes for its keys, values and buffers, and {where} has {Math.Max(available, 0):0} bytes beside the weights: {advice}. Set LlamaModelOptions.ContextLength."));
    }

    private static double KeyValueHeads(GgufFile file, int blocks)
    {
        string key = $"{file.Architecture}.attention.head_count_kv";
        return file.Metadata.TryGetIntegers(key, out IReadOnlyList<long>? each) && each.Count == blocks
            ? each.Sum(static h => (double)h)
            : (double)blocks * (file.HeadCountKv ?? file.HeadCount!.Value);
    }

    private static long? Number(GgufFile file, string name) =>
        file.Metadata.TryGetInt64($"{file.Architecture}.{name}", out long value) ? value : null;
}
