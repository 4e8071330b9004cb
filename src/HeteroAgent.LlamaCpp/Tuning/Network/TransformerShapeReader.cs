namespace HeteroAgent.LlamaCpp;

/// <summary>Reads a network's shape from a GGUF file, and refuses what the training graph does not compute.</summary>
internal static class TransformerShapeReader
{
    private static readonly string[] Known = ["llama", "qwen2", "qwen3"];

    /// <exception cref="TuningException">The architecture, or a part of it, cannot be trained.</exception>
    internal static TransformerShape Read(GgufFile file)
    {
        string architecture = file.Architecture ?? "none";
        if (!Known.Contains(architecture))
        {
            throw Refused(file, $"its architecture is '{architecture}'; {string.Join(", ", Known)} can be trained");
        }

        int width = Positive(file, "embedding_length");
        int heads = Positive(file, "attention.head_count");
        int headSize = Integer(file, "attention.key_length") ?? width / heads;
        RequirePlain(file, headSize);
        Dictionary<string, GgufTensor> tensors = file.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
        GgufTensor Tensor(string name) => tensors.TryGetValue(name, out GgufTensor? tensor) ? tensor : throw Refused(file, $"it has no tensor {name}");
        return new TransformerShape
        {
            Architecture = architecture,
            VocabularySize = checked((int)Tensor("token_embd.weight").Shape[1]),
            Width = width,
            Layers = Positive(file, "block_count"),
            Heads = heads,
            KeyValueHeads = Integer(file, "attention.head_count_kv") ?? heads,
            HeadSize = headSize,
            FeedForward = Positive(file, "feed_forward_length"),

            // Within the window every token sees all before it, as here.
            ContextLength = Math.Min(Positive(file, "context_length"), Integer(file, "attention.sliding_window") ?? int.MaxValue),
            NormEpsilon = (float)(Number(file, "attention.layer_norm_rms_epsilon") ?? throw Refused(file, "it does not state attention.layer_norm_rms_epsilon")),
            RotaryBase = Number(file, "rope.freq_base") ?? 10_000,
            RotaryDimensions = Integer(file, "rope.dimension_count") ?? headSize,
            TiedOutput = !tensors.ContainsKey("output.weight"),
            AttentionBiases = tensors.ContainsKey("blk.0.attn_q.bias"),
            AttentionNorms = tensors.ContainsKey("blk.0.attn_q_norm.weight"),
        };
    }

    private static void RequirePlain(GgufFile file, int headSize)
    {
        if (file.Metadata.TryGetString($"{file.Architecture}.rope.scaling.type", out string? scaling) && scaling != "none")
        {
            throw Refused(file, $"its rotary positions are scaled ('{scaling}'), which is not trained here");
        }

        if ((Integer(file, "attention.value_length") ?? headSize) != headSize)
        {
            throw Refused(file, "its keys and values differ in length");
        }

        if (Integer(file, "expert_count") is > 0)
        {
            throw Refused(file, "it is a mixture of experts");
        }

        string? unknown = file.Tensors.Select(t => t.Name).FirstOrDefault(n => n is "rope_freqs.weight" || n.EndsWith("attn_output.bias", StringComparison.Ordinal) || n.EndsWith("attn_qkv.weight", StringComparison.Ordinal));
        if (unknown is not null)
        {
            throw Refused(file, $"it has the tensor {unknown}, which is not trained here");
        }
    }

    private static int Positive(GgufFile file, string name) =>
        Integer(file, name) is > 0 and int value ? value : throw Refused(file, $"it does not state a positive {name}");

    private static int? Integer(GgufFile file, string name) =>
        file.Metadata.TryGetInt64($"{file.Architecture}.{name}", out long value) && value is > 0 and <= int.MaxValue ? (int)value : null;

    private static double? Number(GgufFile file, string name) =>
        file.Metadata.TryGetFloat($"{file.Architecture}.{name}", out float value) && value > 0 ? value : null;

    private static TuningException Refused(GgufFile file, string why) => new(TuningFailure.UnsupportedBase, $"'{file.Path}' cannot be trained: {why}.");
}
