namespace HeteroAgent.LlamaCpp;

/// <summary>One model's tokens: how a request is written in them, and which stand for tools and labels. Immutable and thread-safe.</summary>
internal sealed class ExtractionVocabulary
{
    private readonly BytePairEncoder _encoder;
    private readonly int _unknown;
    private readonly int _start;
    private readonly int _separator;

    private ExtractionVocabulary(BytePairEncoder encoder, int unknown, int start, int separator, int[] tools, int[] labels, int[] asks, int[][] values)
    {
        _encoder = encoder;
        _unknown = unknown;
        _start = start;
        _separator = separator;
        ToolTokens = tools;
        LabelTokens = labels;
        AskTokens = asks;
        ValueTokens = values;
    }

    /// <summary>The token of each tool.</summary>
    internal int[] ToolTokens { get; }

    /// <summary>The token of each label: outside, inside, then the slots.</summary>
    internal int[] LabelTokens { get; }

    /// <summary>The token that asks for each closed slot.</summary>
    internal int[] AskTokens { get; }

    /// <summary>For each closed slot the token of none, then those of its members.</summary>
    internal int[][] ValueTokens { get; }

    /// <exception cref="LlamaModelException">The vocabulary is no byte-level BPE or lacks a token that the schema needs.</exception>
    internal static ExtractionVocabulary Read(GgufFile file, ExtractionSchema schema, string path)
    {
        if (!file.Metadata.TryGetStrings("tokenizer.ggml.tokens", out IReadOnlyList<string>? texts)
            || !file.Metadata.TryGetStrings("tokenizer.ggml.merges", out IReadOnlyList<string>? merges)
            || file.TokenizerModel != "gpt2")
        {
            throw new LlamaModelException(path, "an extractive model needs a byte-level BPE vocabulary (tokenizer.ggml.model 'gpt2' with tokens and merges).");
        }

        bool states = file.Metadata.TryGetInt64("tokenizer.ggml.unknown_token_id", out long stated) && stated >= 0 && stated < texts.Count;
        return Create(texts, merges, states ? (int)stated : null, schema, path);
    }

    /// <param name="texts">The tokens' texts by id.</param>
    /// <param name="merges">The merges, the first the strongest.</param>
    /// <param name="unknownToken">What stands for bytes that are no token, or null for <c>&lt;unk&gt;</c>.</param>
    /// <param name="schema">What the tokens must stand for.</param>
    /// <param name="path">The file, for messages.</param>
    internal static ExtractionVocabulary Create(IReadOnlyList<string> texts, IReadOnlyList<string> merges, int? unknownToken, ExtractionSchema schema, string path)
    {
        Dictionary<string, int> tokens = new(texts.Count, StringComparer.Ordinal);
        for (int i = 0; i < texts.Count; i++)
        {
            tokens.TryAdd(texts[i], i);
        }

        int Token(string text) => tokens.TryGetValue(text, out int id)
            ? id
            : throw new LlamaModelException(path, $"the vocabulary lacks the token {text}, which the extractive decoding needs.");
        int unknown = unknownToken ?? Token("<unk>");
        try
        {
            return new ExtractionVocabulary(
                new BytePairEncoder(tokens, merges, unknown),
                unknown,
                Token("<s>"),
                Token("<sep>"),
                [.. schema.Tools.Select(t => Token($"<tool:{t.Name}>"))],
                [Token("<O>"), Token("<I>"), .. schema.Slots.Select(s => Token($"<slot:{s}>"))],
                [.. schema.Closed.Select(c => Token(c.AskToken))],
                [.. schema.Closed.Select(c => (int[])[Token(ClosedSlot.NoneToken), .. c.ValueTokens.Select(Token)])]);
        }
        catch (FormatException e)
        {
            throw new LlamaModelException(path, $"tokenizer.ggml.merges is malformed: {e.Message}.", e);
        }
    }

    /// <summary>Writes a request in tokens.</summary>
    /// <exception cref="ContextOverflowException">It takes more tokens than the limit.</exception>
    internal EncodedRequest Encode(string request, IReadOnlyList<(int Start, int Length)> words, int limit, string model)
    {
        // Merging is quadratic in a word's length, so what can never fit is not encoded first.
        int atLeast = 2 + AskTokens.Length + (words.Sum(w => w.Length) / _encoder.LongestToken);
        if (atLeast > limit)
        {
            throw TooLong(atLeast, limit, model);
        }

        EncodedRequest encoded = EncodeVaried(request, words, 0, 0, null);
        return encoded.Tokens.Length <= limit
            ? encoded
            : throw TooLong(encoded.Tokens.Length, limit, model);
    }

    private static ContextOverflowException TooLong(int tokens, int limit, string model) =>
        new($"The request has at least {tokens} tokens, and {model} reads at most {limit} in its one pass. Shorten the request, or escalate on ContextOverflow.", tokens, limit);

    /// <summary>Writes a request in tokens as training varies it: merges left out, and words replaced by the unknown token. Without random choices nothing is varied.</summary>
    internal EncodedRequest EncodeVaried(string request, IReadOnlyList<(int Start, int Length)> words, double mergeDropout, double unknownWords, Random? random)
    {
        List<int> tokens = new((2 * words.Count) + 2 + AskTokens.Length) { _start };
        int[] lastTokens = new int[words.Count];
        for (int i = 0; i < lastTokens.Length; i++)
        {
            if (unknownWords > 0 && random?.NextDouble() < unknownWords)
            {
                tokens.Add(_unknown);
            }
            else
            {
                _encoder.Append(request.AsSpan(words[i].Start, words[i].Length), tokens, mergeDropout, mergeDropout > 0 ? random : null);
            }

            lastTokens[i] = tokens.Count - 1;
        }

        tokens.Add(_separator);
        int tool = tokens.Count - 1;
        tokens.AddRange(AskTokens);
        return new EncodedRequest([.. tokens], lastTokens, tool);
    }
}
