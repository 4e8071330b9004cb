using System.Collections.Concurrent;

namespace HeteroAgent.LlamaCpp;

/// <summary>Requests as an encoder of the BERT family reads them: word pieces between its marks, the tool at the first. Outputs are tools, then labels; closed slots are not read.</summary>
internal sealed class WordPieceEncoding(LlamaModel encoder, ExtractionSchema schema, int limit) : IExtractiveEncoding
{
    private readonly EmbeddingTokenizer _tokenizer = new(encoder, limit);
    private readonly ConcurrentDictionary<string, int[]> _pieces = new(StringComparer.Ordinal);

    public int[] ToolOutputs { get; } = [.. Enumerable.Range(0, schema.Tools.Count)];

    public int[] LabelOutputs { get; } = [.. Enumerable.Range(schema.Tools.Count, schema.LabelCount)];

    public int[][] ClosedOutputs => [];

    /// <summary>The outputs there are.</summary>
    internal static int Outputs(ExtractionSchema schema) => schema.Tools.Count + schema.LabelCount;

    public ReadRequest? Read(string request, IReadOnlyList<(int Start, int Length)> words)
    {
        int[] marks = Pieces(string.Empty);
        List<int> tokens = new((2 * words.Count) + 2) { marks[0] };
        int[] positions = new int[words.Count];
        for (int i = 0; i < positions.Length; i++)
        {
            tokens.AddRange(Pieces(request.Substring(words[i].Start, words[i].Length)).AsSpan()[1..^1]);
            positions[i] = tokens.Count - 1;
        }

        tokens.Add(marks[^1]);
        return tokens.Count <= limit ? new ReadRequest([.. tokens], 0, positions) : null;
    }

    public ReadRequest? ReadVaried(AugmentedExample augmented, IReadOnlyList<(int Start, int Length)> words) => Read(augmented.Example.Request, words);

    /// <summary>A word's pieces between the encoder's marks.</summary>
    private int[] Pieces(string word) => _pieces.GetOrAdd(word, w => _tokenizer.Encode(w, truncate: true));
}
