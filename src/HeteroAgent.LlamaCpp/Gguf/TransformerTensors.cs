using System.Globalization;

namespace HeteroAgent.LlamaCpp;

/// <summary>The tensors that a dense transformer of architecture <c>llama</c> or <c>bert</c> must have, with their shapes.</summary>
internal sealed class TransformerTensors
{
    private readonly GgufFile _file;
    private readonly long _width;
    private readonly long _heads;
    private readonly long _kvHeads;
    private readonly long _keyLength;
    private readonly long _valueLength;
    private readonly long _hidden;

    private TransformerTensors(GgufFile file, long hidden)
    {
        _file = file;
        _hidden = hidden;
        _width = file.EmbeddingLength!.Value;
        _heads = file.HeadCount!.Value;
        _kvHeads = file.HeadCountKv!.Value;
        _keyLength = Number(file, "attention.key_length") ?? (_width / _heads);
        _valueLength = Number(file, "attention.value_length") ?? (_width / _heads);
    }

    /// <summary>The tensors that a file must have, or null where its architecture varies too much to say.</summary>
    public static TransformerTensors? Of(GgufFile file)
    {
        bool uniform = HyperparameterCheck.IsTransformer(file)
            && Number(file, "attention.head_count") is not null
            && (Number(file, "attention.head_count_kv") is not null || !file.Metadata.Contains($"{file.Architecture}.attention.head_count_kv"))
            && (Number(file, "expert_count") ?? 0) == 0;
        return uniform && Number(file, "feed_forward_length") is { } hidden ? new(file, hidden) : null;
    }

    public IEnumerable<(string Name, long[] Shape)> All()
    {
        yield return ("token_embd.weight", [_width, _file.VocabularySize!.Value]);
        bool bert = _file.Architecture == "bert";
        foreach ((string, long[]) tensor in bert ? Head() : [("output_norm.weight", [_width])])
        {
            yield return tensor;
        }

        for (int i = 0; i < _file.BlockCount; i++)
        {
            string block = string.Create(CultureInfo.InvariantCulture, $"blk.{i}.");
            foreach ((string name, long[] shape) in bert ? BertBlock(block) : LlamaBlock(block))
            {
                yield return (block + name, shape);
            }
        }
    }

    private IEnumerable<(string, long[])> Head() =>
    [
        ("position_embd.weight", [_width, _file.ContextLength!.Value]),
        ("token_embd_norm.weight", [_width]),
        ("token_embd_norm.bias", [_width]),
    ];

    private IEnumerable<(string, long[])> LlamaBlock(string block) =>
    [
        ("attn_norm.weight", [_width]),
        .. Projections(block, _heads * _keyLength),
        ("attn_output.weight", [_heads * _valueLength, _width]),
        ("ffn_norm.weight", [_width]),
        ("ffn_gate.weight", [_width, _hidden]),
        ("ffn_up.weight", [_width, _hidden]),
        ("ffn_down.weight", [_hidden, _width]),
    ];

    private IEnumerable<(string, long[])> BertBlock(string block) =>
    [
        .. Projections(block, _width),
        ("attn_output.weight", [_width, _width]),
        ("attn_output_norm.weight", [_width]),
        ("attn_output_norm.bias", [_width]),
        ("ffn_up.weight", [_width, _hidden]),
        ("ffn_down.weight", [_hidden, _width]),
        ("layer_output_norm.weight", [_width]),
        ("layer_output_norm.bias", [_width]),
    ];

    // Some files keep the three projections in one matrix.
    private IEnumerable<(string, long[])> Projections(string block, long queries) =>
        _file.Tensors.Any(t => t.Name == block + "attn_qkv.weight")
            ? [("attn_qkv.weight", [_width, queries + (_kvHeads * (_keyLength + _valueLength))])]
            : [("attn_q.weight", [_width, queries]), ("attn_k.weight", [_width, _kvHeads * _keyLength]), ("attn_v.weight", [_width, _kvHeads * _valueLength])];

    private static long? Number(GgufFile file, string name) =>
        file.Metadata.TryGetInt64($"{file.Architecture}.{name}", out long value) ? value : null;
}
