using System.Buffers.Binary;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Damages a sound GGUF file: its bytes, its metadata, its tensors. The same seed always damages in the same way.</summary>
/// <param name="seed">The seed; each damaged file also depends on its number in the row.</param>
internal sealed class GgufMutator(int seed)
{
    // Keys that libllama reads where they are present, beside those that the file has.
    private static readonly string[] OptionalKeys =
    [
        "rope.scaling.type", "rope.scaling.factor", "rope.scaling.original_context_length", "rope.scaling.attn_factor", "rope.scale_linear",
        "rope.freq_base", "rope.dimension_count", "attention.key_length", "attention.value_length", "attention.sliding_window",
        "attention.head_count_kv", "attention.causal", "attention.max_alibi_bias", "attention.clamp_kqv", "attention.scale",
        "attention.layer_norm_epsilon", "attention.layer_norm_rms_epsilon", "attention.group_norm_groups", "expert_count", "expert_used_count", "expert_group_count",
        "expert_group_used_count", "expert_feed_forward_length", "nextn_predict_layers", "pooling_type", "vocab_size", "logit_scale", "embedding_scale",
        "residual_scale", "use_parallel_residual", "tensor_data_layout", "leading_dense_block_count", "interleave_moe_layer_step", "embedding_length_out",
        "attention.temperature_length", "classifier.output_labels", "rope.dimension_sections", "rope.freq_base_swa", "attention.sliding_window_pattern",
        "attn_logit_softcapping", "final_logit_softcapping", "n_deepstack_layers", "decoder_block_count", "decoder_start_token_id", "features_length",
        "attention.shared_kv_layers", "dense_2_feat_in", "dense_2_feat_out", "hidden_activation", "expert_gating_func", "expert_weights_scale", "ssm.conv_kernel",
    ];

    private static readonly string[] OptionalTokenizerKeys =
    [
        "pre", "token_type_count", "scores", "token_type", "merges", "bos_token_id", "eos_token_id", "eot_token_id", "eom_token_id", "unknown_token_id",
        "seperator_token_id", "padding_token_id", "cls_token_id", "mask_token_id", "add_bos_token", "add_eos_token", "add_sep_token", "add_space_prefix",
        "remove_extra_whitespaces", "precompiled_charsmap", "fim_pre_token_id", "fim_suf_token_id", "fim_mid_token_id", "prefix_token_id", "suffix_token_id",
        "middle_token_id", "normalizer.lowercase", "suppress_tokens", "escape_whitespaces",
    ];

    private static readonly string[] Words =
    [
        "", "llama", "bert", "gpt2", "t5", "no_vocab", "rwkv", "plamo2", "qwen2", "gpt-2", "default", "smollm", "llama-bpe", "none", "linear", "yarn", "longrope", "su",
        "model", "adapter", "mamba", "qwen3", "gemma", "gemma3", "phi3", "falcon", "gpt-oss", "llama4", "deepseek2", "hybriko", "clip", "\u00ff", "a b", " ", "<0x41>",
    ];

    private static readonly long[] Numbers =
    [
        0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 33, 64, 127, 128, 255, 256, 511, 512, 513, 2048, 65535, 65536, 1 << 20, int.MaxValue, 1L << 31, uint.MaxValue, 1L << 32, 1L << 40, long.MaxValue, -1, -2, int.MinValue, long.MinValue,
    ];

    private static readonly double[] Reals = [0, -0.0, 1, -1, 1e-5, 1e-38, 1e38, 0.5, -1e-5, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private static readonly string[] TensorFaults =
    [
        "left out", "named like another", "of another type", "of a type of the same size", "with its shape reversed", "with more dimensions",
        "with a halved row", "rewritten in another type", "resized",
    ];

    private static readonly uint[] WeightTypes = [1, 26, 27, 30, 8, 9, 15, 12, 24, 25, 28, 2, 16, 29, 35, 39, 40, 41];

    /// <summary>The file with one to three faults.</summary>
    /// <param name="file">A sound file.</param>
    /// <param name="number">The number of the mutation.</param>
    /// <param name="description">What was done.</param>
    public byte[] Mutate(byte[] file, int number, out string description)
    {
        Random random = new(unchecked((seed * 1_000_003) + number));
        if (random.Next(4) == 0)
        {
            return MutateBytes(file, random, out description);
        }

        GgufBuilder builder = GgufBuilder.Parse(file);
        List<string> done = [];
        for (int i = random.Next(8) == 0 ? 3 : 1; i > 0; i--)
        {
            done.Add(random.Next(10) switch
            {
                < 3 => ReplaceValue(builder, random),
                < 5 => SetOptional(builder, random),
                < 7 => DamageArray(builder, random),
                7 => ChangePairs(builder, random),
                _ => DamageTensor(builder, random),
            });
        }

        description = string.Join("; ", done);
        return builder.Write();
    }

    private static byte[] MutateBytes(byte[] file, Random random, out string description)
    {
        byte[] copy = [.. file];
        int header = HeaderLength(file);
        switch (random.Next(6))
        {
            case 0:
                int length = random.Next(random.Next(2) == 0 ? header : file.Length);
                description = $"cut to {length} bytes";
                return copy[..length];
            case 1:
                int word = random.Next(0, header - 8);
                BinaryPrimitives.WriteInt64LittleEndian(copy.AsSpan(word), Pick(Numbers, random));
                description = $"64 bits at {word}";
                return copy;
            case 2:
                int half = random.Next(0, header - 4);
                BinaryPrimitives.WriteInt32LittleEndian(copy.AsSpan(half), (int)Pick(Numbers, random));
                description = $"32 bits at {half}";
                return copy;
            default:
                description = "bytes";
                for (int i = random.Next(1, 4); i > 0; i--)
                {
                    int at = random.Next(random.Next(5) == 0 ? file.Length : header);
                    copy[at] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(copy[at] ^ (1 << random.Next(8)));
                    description += $" {at}={copy[at]:X2}";
                }

                return copy;
        }
    }

    private static string ReplaceValue(GgufBuilder builder, Random random)
    {
        int at = random.Next(builder.Pairs.Count);
        GgufPair pair = builder.Pairs[at];
        if (pair.Type == GgufValueType.Array && random.Next(3) > 0)
        {
            return DamageArray(builder, random);
        }

        object value = random.Next(4) == 0 ? AnyValue(random) : SameType(pair.Value, random);
        builder.With(pair.Key, value);
        return $"{pair.Key} = {Show(value)}";
    }

    private static string SetOptional(GgufBuilder builder, Random random)
    {
        string architecture = builder.Pairs.Find(p => p.Key == "general.architecture")?.Value as string ?? "llama";
        string key = random.Next(3) switch
        {
            0 => "tokenizer.ggml." + Pick(OptionalTokenizerKeys, random),
            _ => architecture + "." + Pick(OptionalKeys, random),
        };
        object value = AnyValue(random);
        builder.With(key, value);
        return $"{key} = {Show(value)}";
    }

    private static string DamageArray(GgufBuilder builder, Random random)
    {
        GgufPair[] arrays = [.. builder.Pairs.Where(p => p.Value is GgufArray { Values.Length: > 0 })];
        if (arrays.Length == 0)
        {
            return "no array";
        }

        GgufPair pair = Pick(arrays, random);
        GgufArray array = (GgufArray)pair.Value;
        object[] values = [.. array.Values];
        int at = random.Next(values.Length);
        string what;
        switch (random.Next(6))
        {
            case 0:
                int length = random.Next(values.Length);
                values = values[..length];
                what = $"cut to {length}";
                break;
            case 1:
                values = [.. values, values[at]];
                what = $"one more, like [{at}]";
                break;
            case 2:
                int other = random.Next(values.Length);
                values[at] = values[other];
                what = $"[{at}] = [{other}]";
                break;
            case 3:
                builder.With(pair.Key, new GgufArray(GgufValueType.Int32, [.. Enumerable.Repeat((object)1, values.Length)]));
                return $"{pair.Key} of Int32";
            default:
                at = random.Next(3) == 0 ? at : random.Next(Math.Min(values.Length, 300));
                values[at] = values[at] is string text && random.Next(2) == 0 ? text.Replace(" ", "", StringComparison.Ordinal) : SameType(values[at], random);
                what = $"[{at}] = {Show(values[at])}";
                break;
        }

        builder.With(pair.Key, new GgufArray(array.ElementType, values));
        return $"{pair.Key} {what}";
    }

    private static string ChangePairs(GgufBuilder builder, Random random)
    {
        int at = random.Next(builder.Pairs.Count);
        string key = builder.Pairs[at].Key;
        switch (random.Next(4))
        {
            case 0:
                builder.Pairs.Add(builder.Pairs[at]);
                return $"{key} twice";
            case 1:
                builder.Alignment = 8 << random.Next(8);
                builder.With("general.alignment", (uint)builder.Alignment);
                return $"alignment {builder.Alignment}";
            default:
                builder.Pairs.RemoveAt(at);
                return $"no {key}";
        }
    }

    private static string DamageTensor(GgufBuilder builder, Random random)
    {
        if (builder.Tensors.Count == 0)
        {
            return "no tensor";
        }

        int at = random.Next(builder.Tensors.Count);
        GgufTensorSpec tensor = builder.Tensors[at];
        uint[] sameSize = tensor.Type switch { 0 => [26], 1 => [30, 25], 8 => [8], 3 => [3], _ => [24] };
        int kind = random.Next(TensorFaults.Length);
        GgufTensorSpec? changed = kind switch
        {
            0 => null,
            1 => tensor with { Name = Pick(builder.Tensors, random).Name },
            2 => tensor with { Type = (uint)random.Next(45) },
            3 => tensor with { Type = Pick(sameSize, random) },
            4 => tensor with { Shape = [.. tensor.Shape.Reverse()] },
            5 => tensor with { Shape = [.. tensor.Shape, 1, 1] },
            6 => tensor with { Shape = [tensor.Shape[0] / 2, .. tensor.Shape[1..], 2] },
            7 => Retyped(tensor, Pick(WeightTypes, random)),
            _ => Resized(tensor, random),
        };
        builder.Tensors.RemoveAt(at);
        if (changed is not null)
        {
            builder.Tensors.Insert(at, changed);
        }

        return $"{tensor.Name} {TensorFaults[kind]} ({changed?.Type} [{string.Join(',', changed?.Shape ?? [])}])";
    }

    // The same shape in another type, with data of the right length.
    private static GgufTensorSpec Retyped(GgufTensorSpec tensor, uint type)
    {
        (int block, int size) = type switch
        {
            1 or 25 or 30 => (1, 2),
            24 => (1, 1),
            26 => (1, 4),
            27 or 28 => (1, 8),
            2 => (32, 18),
            8 => (32, 34),
            9 => (32, 36),
            39 => (32, 17),
            40 => (64, 36),
            12 => (256, 144),
            15 => (256, 292),
            16 or 35 => (256, 66),
            29 => (256, 56),
            _ => (128, 18),
        };
        ulong elements = tensor.Shape.Aggregate(1UL, (product, n) => product * n);
        return tensor.Shape[0] % (ulong)block == 0 ? tensor with { Type = type, Data = new byte[elements / (ulong)block * (ulong)size] } : tensor;
    }

    private static GgufTensorSpec Resized(GgufTensorSpec tensor, Random random)
    {
        ulong[] shape = [.. tensor.Shape];
        int d = shape.Length - 1;
        ulong rows = shape[d];
        shape[d] = Math.Max(1, rows + (ulong)random.Next(-2, 3));
        return tensor with { Shape = shape, Data = new byte[(ulong)tensor.Data.Length / rows * shape[d]] };
    }

    private static object AnyValue(Random random) => random.Next(8) switch
    {
        0 => random.Next(2) == 0,
        1 => Pick(Words, random),
        2 => (float)Pick(Reals, random),
        3 => (int)Pick(Numbers, random),
        4 => new GgufArray(GgufValueType.Int32, [.. Enumerable.Range(0, random.Next(8)).Select(_ => (object)(int)Pick(Numbers, random))]),
        5 => Pick(Numbers, random),
        _ => (uint)Pick(Numbers, random),
    };

    private static object SameType(object value, Random random) => value switch
    {
        byte => (byte)random.Next(256),
        sbyte => (sbyte)random.Next(-128, 128),
        ushort => (ushort)Pick(Numbers, random),
        short => (short)Pick(Numbers, random),
        uint n => random.Next(3) == 0 ? n + (uint)random.Next(-3, 4) : (uint)Pick(Numbers, random),
        int n => random.Next(3) == 0 ? n + random.Next(-3, 4) : (int)Pick(Numbers, random),
        ulong => (ulong)Pick(Numbers, random),
        long => Pick(Numbers, random),
        float => (float)Pick(Reals, random),
        double => Pick(Reals, random),
        bool b => !b,
        string => Pick(Words, random),
        _ => AnyValue(random),
    };

    private static int HeaderLength(byte[] file)
    {
        GgufBuilder builder = GgufBuilder.Parse(file);
        return file.Length - builder.Tensors.Sum(t => t.Data.Length);
    }

    private static T Pick<T>(IReadOnlyList<T> list, Random random) => list[random.Next(list.Count)];

    private static string Show(object value) => value switch
    {
        GgufArray a => $"[{string.Join(", ", a.Values.Take(8))}] of {a.ElementType}",
        string s => $"\"{s}\"",
        _ => $"{value} ({value.GetType().Name})",
    };
}
