namespace HeteroAgent.LlamaCpp;

/// <summary>Requests as the model that ships reads them: byte pairs between marks, the tool at the last, and behind it what asks for closed slots.</summary>
internal sealed class BytePairEncoding(ExtractionVocabulary vocabulary, int limit) : IExtractiveEncoding
{
    public int[] ToolOutputs => vocabulary.ToolTokens;

    public int[] LabelOutputs => vocabulary.LabelTokens;

    public int[][] ClosedOutputs => vocabulary.ValueTokens;

    public ReadRequest? Read(string request, IReadOnlyList<(int Start, int Length)> words) => Within(vocabulary.EncodeVaried(request, words, 0, 0, null));

    public ReadRequest? ReadVaried(AugmentedExample augmented, IReadOnlyList<(int Start, int Length)> words) =>
        Within(vocabulary.EncodeVaried(augmented.Example.Request, words, augmented.MergeDropout, augmented.UnknownWords, new Random(augmented.Seed)));

    private ReadRequest? Within(EncodedRequest encoded) =>
        encoded.Tokens.Length <= limit ? new ReadRequest(encoded.Tokens, encoded.ToolToken, encoded.LastTokens, encoded.ToolToken + 1) : null;
}
