namespace HeteroAgent.LlamaCpp;

/// <summary>Builds a network of BERT's encoder, whose blocks are trained on from a GGUF file, with new blocks and an output of its own behind them.</summary>
internal sealed class BertBuilder
{
    private const string NewOutput = "labels.weight";
    private readonly GgufFile _file;
    private readonly Func<string, IRowSource?> _tensors;
    private readonly ParameterSet _parameters = new();
    private readonly int _width;
    private readonly int _hidden;
    private readonly int _layers;
    private readonly float _epsilon;
    private readonly AttentionLayer _attention;

    private BertBuilder(GgufFile file, Func<string, IRowSource?> tensors)
    {
        if (file.Architecture != "bert")
        {
            throw new TuningException(TuningFailure.UnsupportedBase, $"'{file.Path}' is no encoder that can be trained: its architecture is '{file.Architecture}'; bert was expected.");
        }

        _file = file;
        _tensors = tensors;
        _width = file.EmbeddingLength ?? throw Lacks("embedding_length");
        _layers = file.BlockCount ?? throw Lacks("block_count");
        int heads = file.HeadCount ?? throw Lacks("attention.head_count");
        _hidden = file.Metadata.TryGetInt64("bert.feed_forward_length", out long hidden) ? (int)hidden : throw Lacks("feed_forward_length");
        _epsilon = file.Metadata.TryGetFloat("bert.attention.layer_norm_epsilon", out float epsilon) ? epsilon : 1e-12f;
        _attention = new AttentionLayer(heads, heads, _width / heads, causal: false);
    }

    /// <summary>Builds the network and fills it: the file's weights where it has them, small random ones elsewhere.</summary>
    /// <param name="file">The encoder's description.</param>
    /// <param name="tensors">Its tensors by name.</param>
    /// <param name="newBlocks">Blocks that are added behind the encoder's.</param>
    /// <param name="outputs">The outputs a token.</param>
    /// <param name="seed">Where the random weights begin.</param>
    internal static TransformerNetwork Build(GgufFile file, Func<string, IRowSource?> tensors, int newBlocks, int outputs, int seed) =>
        new BertBuilder(file, tensors).Build(newBlocks, outputs, seed);

    private TransformerNetwork Build(int newBlocks, int outputs, int seed)
    {
        BertEmbedding embedding = new(
            new FrozenMatrix(Tensor("token_embd.weight")),
            new FrozenMatrix(Tensor("position_embd.weight")),
            Row("token_types.weight"),
            new LayerNorm(new WeightVector(Row("token_embd_norm.weight")), new WeightVector(Row("token_embd_norm.bias")), _epsilon));
        BertBlock[] blocks = [.. Enumerable.Range(0, _layers + newBlocks).Select(Block)];
        TrainedMatrix projection = new(_parameters.Add(NewOutput, outputs, _width, decays: true));
        _parameters.Allocate();
        foreach (Parameter parameter in _parameters.Parameters)
        {
            Fill(parameter, seed);
        }

        return new TransformerNetwork(_width, _parameters, embedding, blocks, new OutputHead(null, projection));
    }

    private BertBlock Block(int index)
    {
        string prefix = $"blk.{index}.";
        return new BertBlock
        {
            Query = Linear(prefix + "attn_q", _width, _width),
            Key = Linear(prefix + "attn_k", _width, _width),
            Value = Linear(prefix + "attn_v", _width, _width),
            Output = Linear(prefix + "attn_output", _width, _width),
            Attention = _attention,
            AttentionNorm = Norm(prefix + "attn_output_norm"),
            Up = Linear(prefix + "ffn_up", _hidden, _width),
            Down = Linear(prefix + "ffn_down", _width, _hidden),
            OutputNorm = Norm(prefix + "layer_output_norm"),
        };
    }

    private LinearLayer Linear(string name, int outputs, int inputs) => new(
        new TrainedMatrix(_parameters.Add(name + ".weight", outputs, inputs, decays: true)),
        new WeightVector(_parameters.Add(name + ".bias", 1, outputs, decays: false)));

    private LayerNorm Norm(string name) => new(
        new WeightVector(_parameters.Add(name + ".weight", 1, _width, decays: false)),
        new WeightVector(_parameters.Add(name + ".bias", 1, _width, decays: false)),
        _epsilon);

    private void Fill(Parameter parameter, int seed)
    {
        Span<float> values = _parameters.Of(parameter);
        if (_tensors(parameter.Name) is { } stored)
        {
            stored.ReadRows(0, parameter.Rows, values);
        }
        else if (parameter.Rows == 1)
        {
            values.Fill(parameter.Name.EndsWith("norm.weight", StringComparison.Ordinal) ? 1 : 0);
        }
        else
        {
            GaussianNoise.Fill(values, 0.02f, Seeds.Random(seed, parameter.Offset));
        }
    }

    private IRowSource Tensor(string name) => _tensors(name) ?? throw Lacks($"the tensor {name}");

    private float[] Row(string name)
    {
        IRowSource source = Tensor(name);
        float[] row = new float[source.Columns];
        source.ReadRows(0, 1, row);
        return row;
    }

    private TuningException Lacks(string what) => new(TuningFailure.UnsupportedBase, $"'{_file.Path}' cannot be trained: it lacks {what}.");
}
