namespace HeteroAgent.LlamaCpp;

/// <summary>The vocabulary of an extractive model to be: marks, tools, labels and members of closed sets, the 256 bytes, and the merges learnt from the requests' words. Immutable.</summary>
internal sealed class ExtractiveTokenizer
{
    private ExtractiveTokenizer(IReadOnlyList<string> tokens, IReadOnlyList<string> merges, int marks, ExtractionSchema schema)
    {
        MarkCount = marks;
        Tokens = tokens;
        Merges = merges;
        Vocabulary = ExtractionVocabulary.Create(tokens, merges, 0, schema, "the vocabulary that was learnt");
    }

    internal IReadOnlyList<string> Tokens { get; }

    internal IReadOnlyList<string> Merges { get; }

    /// <summary>How many tokens from the first on are marks, tools, labels and what asks for and answers closed slots.</summary>
    internal int MarkCount { get; }

    internal ExtractionVocabulary Vocabulary { get; }

    /// <summary>Learns the merges from a set's requests.</summary>
    internal static ExtractiveTokenizer Learn(ExtractiveSet set, int merges, CancellationToken cancellationToken)
    {
        ExtractionSchema schema = set.Schema;
        Dictionary<string, long> words = new(StringComparer.Ordinal);
        foreach (ExtractiveExample example in set.Examples)
        {
            foreach ((int start, int length) in schema.Words.Split(example.Request))
            {
                string word = string.Concat(" ", example.Request.AsSpan(start, length));
                words[word] = words.GetValueOrDefault(word) + 1;
            }
        }

        List<(string Left, string Right)> learnt = BytePairTrainer.Learn(words, merges, cancellationToken);
        string[] marks = ["<unk>", "<s>", "</s>", "<sep>", "<O>", "<I>", .. schema.Tools.Select(t => $"<tool:{t.Name}>"), .. schema.Slots.Select(s => $"<slot:{s}>"), .. ClosedMarks(schema)];
        List<string> tokens =
        [
            .. marks,
            .. Enumerable.Range(0, 256).Select(b => BytePairTrainer.ByteSymbol((byte)b).ToString()),
            .. learnt.Select(m => m.Left + m.Right).Distinct(StringComparer.Ordinal),
        ];
        return new ExtractiveTokenizer(tokens, [.. learnt.Select(m => $"{m.Left} {m.Right}")], marks.Length, schema);
    }

    private static IEnumerable<string> ClosedMarks(ExtractionSchema schema) =>
        schema.Closed.Count == 0 ? [] : [ClosedSlot.NoneToken, .. schema.Closed.Select(c => c.AskToken), .. schema.Closed.SelectMany(c => c.ValueTokens)];
}
