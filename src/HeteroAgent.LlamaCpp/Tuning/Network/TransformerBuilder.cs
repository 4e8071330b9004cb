namespace HeteroAgent.LlamaCpp;

/// <summary>Builds a network: its tensors are trained, or frozen with low-rank updates beside them.</summary>
internal sealed class TransformerBuilder
{
    private readonly TransformerShape _shape;
    private readonly ParameterSet _parameters = new();
    private readonly Func<string, IRowSource?>? _frozen;
    private readonly LoraShape? _lora;
    private readonly bool _decaysEmbedding;

    private TransformerBuilder(TransformerShape shape, Func<string, IRowSource?>? frozen, LoraShape? lora, bool decaysEmbedding)
    {
        _shape = shape;
        _frozen = frozen;
        _lora = lora;
        _decaysEmbedding = decaysEmbedding;
    }

    /// <summary>A network all of whose tensors are trained; their values are zero until they are set.</summary>
    internal static TransformerNetwork Trained(TransformerShape shape, bool decaysEmbedding = true) =>
        new TransformerBuilder(shape, null, null, decaysEmbedding).Build();

    /// <summary>A network whose tensors stay as they are, with trained low-rank updates.</summary>
    /// <param name="shape">The base's shape.</param>
    /// <param name="frozen">The base's tensors by name; null for one that it does not have.</param>
    /// <param name="lora">Rank, scale and targets.</param>
    internal static TransformerNetwork WithLora(TransformerShape shape, Func<string, IRowSource?> frozen, LoraShape lora) =>
        new TransformerBuilder(shape, frozen, lora, true).Build();

    private TransformerNetwork Build()
    {
        WeightMatrix table = Matrix("token_embd.weight", _shape.VocabularySize, _shape.Width, _decaysEmbedding);
        RotaryEmbedding rotary = new(_shape.HeadSize, _shape.RotaryDimensions > 0 ? _shape.RotaryDimensions : _shape.HeadSize, _shape.RotaryBase, _shape.RotatesNeighbours, _shape.ContextLength);
        AttentionLayer attention = new(_shape.Heads, _shape.KeyValueHeads, _shape.HeadSize, _shape.Causal);
        TransformerBlock[] blocks = [.. Enumerable.Range(0, _shape.Layers).Select(i => Block($"blk.{i}.", rotary, attention))];
        RmsNorm norm = Norm("output_norm.weight", _shape.Width);
        WeightMatrix projection = _shape.TiedOutput ? table : Matrix("output.weight", _shape.VocabularySize, _shape.Width, decays: true);
        _parameters.Allocate();
        return new TransformerNetwork(_shape.Width, _parameters, new EmbeddingTable(table), blocks, new OutputHead(norm, projection));
    }

    private TransformerBlock Block(string prefix, RotaryEmbedding rotary, AttentionLayer attention) => new()
    {
        AttentionNorm = Norm(prefix + "attn_norm.weight", _shape.Width),
        Query = Linear(prefix + "attn_q", _shape.QueryWidth, _shape.Width, _shape.AttentionBiases),
        Key = Linear(prefix + "attn_k", _shape.KeyWidth, _shape.Width, _shape.AttentionBiases),
        Value = Linear(prefix + "attn_v", _shape.KeyWidth, _shape.Width, _shape.AttentionBiases),
        Output = Linear(prefix + "attn_output", _shape.Width, _shape.QueryWidth),
        QueryNorm = _shape.AttentionNorms ? Norm(prefix + "attn_q_norm.weight", _shape.HeadSize) : null,
        KeyNorm = _shape.AttentionNorms ? Norm(prefix + "attn_k_norm.weight", _shape.HeadSize) : null,
        Attention = attention,
        Rotary = rotary,
        FeedForwardNorm = Norm(prefix + "ffn_norm.weight", _shape.Width),
        Gate = Linear(prefix + "ffn_gate", _shape.FeedForward, _shape.Width),
        Up = Linear(prefix + "ffn_up", _shape.FeedForward, _shape.Width),
        Down = Linear(prefix + "ffn_down", _shape.Width, _shape.FeedForward),
        HeadSize = _shape.HeadSize,
    };

    private LinearLayer Linear(string name, int outputs, int inputs, bool hasBias = false)
    {
        WeightMatrix weight = Matrix(name + ".weight", outputs, inputs, decays: true);
        WeightVector? bias = hasBias ? Vector(name + ".bias", outputs) : null;
        LowRankUpdate? update = null;
        if (_lora is not null && _lora.Targets.Contains(name[(name.LastIndexOf('.') + 1)..]))
        {
            Parameter a = _parameters.Add(name + ".weight.lora_a", _lora.Rank, inputs, decays: true);
            Parameter b = _parameters.Add(name + ".weight.lora_b", outputs, _lora.Rank, decays: true);
            update = new LowRankUpdate(a, b, _lora.Alpha / _lora.Rank);
        }

        return new LinearLayer(weight, bias, update);
    }

    private RmsNorm Norm(string name, int width) => new(Vector(name, width), _shape.NormEpsilon);

    private WeightVector Vector(string name, int width)
    {
        if (_frozen is null)
        {
            return new WeightVector(_parameters.Add(name, 1, width, decays: false));
        }

        float[] values = new float[width];
        Frozen(name, 1, width).ReadRows(0, 1, values);
        return new WeightVector(values);
    }

    private WeightMatrix Matrix(string name, int rows, int columns, bool decays) => _frozen is null
        ? new TrainedMatrix(_parameters.Add(name, rows, columns, decays))
        : new FrozenMatrix(Frozen(name, rows, columns));

    private IRowSource Frozen(string name, int rows, int columns)
    {
        IRowSource source = _frozen!(name) ?? throw new InvalidOperationException($"The base has no tensor {name}.");
        return source.Rows == rows && source.Columns == columns
            ? source
            : throw new InvalidOperationException($"The base's tensor {name} is {source.Columns} by {source.Rows}, not {columns} by {rows}.");
    }
}
