namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>A small encoder: its description as a GGUF file has it, and random tensors.</summary>
internal sealed class BertSource
{
    private readonly Dictionary<string, int[]> _shapes;

    internal BertSource(int width, int hidden, int vocabulary, int layers)
    {
        GgufBuilder builder = new();
        builder.With("general.architecture", "bert");
        builder.With("bert.embedding_length", (uint)width);
        builder.With("bert.block_count", (uint)layers);
        builder.With("bert.attention.head_count", 2u);
        builder.With("bert.feed_forward_length", (uint)hidden);
        File = GgufFile.Read(new MemoryStream(builder.Write()));
        _shapes = new Dictionary<string, int[]>(StringComparer.Ordinal)
        {
            ["token_embd.weight"] = [vocabulary, width],
            ["position_embd.weight"] = [32, width],
            ["token_types.weight"] = [2, width],
            ["token_embd_norm.weight"] = [1, width],
            ["token_embd_norm.bias"] = [1, width],
        };
    }

    internal GgufFile File { get; }

    internal IRowSource? Find(string name) => _shapes.TryGetValue(name, out int[]? shape) ? new RandomRows(shape[0], shape[1], name.Length) : null;

    private sealed class RandomRows(int rows, int columns, int seed) : IRowSource
    {
        public int Rows => rows;

        public int Columns => columns;

        public void ReadRows(int first, int count, Span<float> target)
        {
            for (int i = 0; i < count; i++)
            {
                GaussianNoise.Fill(target.Slice(i * columns, columns), 1, new Random(seed + ((first + i) * 31)));
            }
        }
    }
}
