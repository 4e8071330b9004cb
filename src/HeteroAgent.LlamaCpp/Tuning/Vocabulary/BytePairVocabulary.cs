namespace HeteroAgent.LlamaCpp;

/// <summary>A byte-level vocabulary of byte pairs for a model that is trained from nothing. It tokenises as llama.cpp does with the file that it is written to. Immutable and thread-safe.</summary>
/// <remarks>Byte pairs: Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units", arXiv:1508.07909; on bytes: Radford et al., "Language Models are Unsupervised Multitask Learners", 2019.</remarks>
public sealed class BytePairVocabulary
{
    private const int NormalToken = 1;
    private const int ControlToken = 3;
    private readonly BytePairEncoder _encoder;
    private readonly Dictionary<string, int> _ids;
    private readonly int _controls;
    private readonly byte[] _bytes = new byte[512];

    internal BytePairVocabulary(IReadOnlyList<string> tokens, IReadOnlyList<string> merges, BytePairVocabularyOptions options)
    {
        Tokens = tokens;
        Merges = merges;
        PreTokenizer = options.PreTokenizer;
        _controls = options.ControlTokens.Count;
        _ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        for (int i = 0; i < tokens.Count; i++)
        {
            _ids.Add(tokens[i], i);
        }

        for (int b = 0; b < 256; b++)
        {
            _bytes[BytePairTrainer.ByteSymbol((byte)b)] = (byte)b;
        }

        BeginToken = options.BeginToken is { } begin ? _ids[begin] : 0;
        EndToken = options.EndToken is { } end ? _ids[end] : _controls - 1;
        _encoder = new BytePairEncoder(_ids, merges, unknown: 0);
    }

    /// <summary>Gets the tokens' texts: control tokens, then the 256 bytes, then what was merged, the most frequent first, in GPT-2's alphabet of bytes.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>Gets the merges, the strongest first: two tokens' texts with a space between.</summary>
    public IReadOnlyList<string> Merges { get; }

    /// <summary>Gets how texts are cut before merging.</summary>
    public BytePairPreTokenizer PreTokenizer { get; }

    /// <summary>Gets the id of the token that begins a text and pads a batch.</summary>
    public int BeginToken { get; }

    /// <summary>Gets the id of the token that ends a turn.</summary>
    public int EndToken { get; }

    /// <summary>Learns a vocabulary. The same texts in any order give the same vocabulary.</summary>
    /// <param name="texts">The texts, enumerated once. They stay out of memory; the different pieces that they are cut into do not.</param>
    /// <param name="options">What is learnt; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the learning.</param>
    /// <exception cref="ArgumentException">An option is none that is accepted; the message names it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static BytePairVocabulary Learn(IEnumerable<string> texts, BytePairVocabularyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        BytePairVocabularyOptions chosen = options ?? new BytePairVocabularyOptions();
        chosen.Validate();
        Dictionary<string, long> pieces = new(StringComparer.Ordinal);
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> counts = pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (string text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (Range piece in LlamaCpp.PreTokenizer.Split(text, chosen.PreTokenizer))
            {
                counts[text.AsSpan(piece)] = counts.TryGetValue(text.AsSpan(piece), out long count) ? count + 1 : 1;
            }
        }

        List<string> tokens = [.. chosen.ControlTokens, .. Enumerable.Range(0, 256).Select(b => BytePairTrainer.ByteSymbol((byte)b).ToString())];
        HashSet<string> known = new(tokens, StringComparer.Ordinal);
        List<string> merges = [];
        foreach ((string left, string right) in BytePairTrainer.Learn(pieces, chosen.Size - tokens.Count, cancellationToken))
        {
            // Two merges may make one text: "ab" + "c" and "a" + "bc".
            merges.Add($"{left} {right}");
            if (known.Add(left + right))
            {
                tokens.Add(left + right);
            }
        }

        return new BytePairVocabulary(tokens, merges, chosen);
    }

    /// <summary>Finds a control token's id.</summary>
    /// <param name="text">Its text.</param>
    /// <returns>The id, or -1 where there is no such control token.</returns>
    public int ControlTokenId(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _ids.TryGetValue(text, out int id) && id < _controls ? id : -1;
    }

    /// <summary>Turns a text into tokens. Control tokens that are written in it stay plain text, and no token is put before or behind it.</summary>
    /// <param name="text">The text; a lone surrogate becomes U+FFFD.</param>
    /// <returns>The tokens' ids.</returns>
    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> tokens = new((text.Length / 2) + 1);
        foreach (Range piece in LlamaCpp.PreTokenizer.Split(text, PreTokenizer))
        {
            _encoder.AppendPiece(text.AsSpan(piece), tokens);
        }

        return tokens;
    }

    /// <summary>The bytes that a token stands for; none for a control token.</summary>
    /// <param name="token">The token's id.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public byte[] Decode(int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, Tokens.Count);
        return token < _controls ? [] : [.. Tokens[token].Select(c => _bytes[c])];
    }

    /// <summary>Sets the vocabulary's metadata in a file that is to be written.</summary>
    /// <param name="writer">The file.</param>
    public void WriteTo(GgufWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer
            .Set("tokenizer.ggml.model", "gpt2")
            .Set("tokenizer.ggml.pre", LlamaCpp.PreTokenizer.Name(PreTokenizer))
            .SetArray("tokenizer.ggml.tokens", Tokens)
            .SetArray<int>("tokenizer.ggml.token_type", [.. Tokens.Select((_, i) => i < _controls ? ControlToken : NormalToken)])
            .SetArray("tokenizer.ggml.merges", Merges)
            .Set("tokenizer.ggml.bos_token_id", (uint)BeginToken)
            .Set("tokenizer.ggml.eos_token_id", (uint)EndToken)
            // Said outright, since llama.cpp would else choose any of the end tokens that it knows by their texts.
            .Set("tokenizer.ggml.eot_token_id", (uint)EndToken)
            .Set("tokenizer.ggml.unknown_token_id", (uint)BeginToken)
            .Set("tokenizer.ggml.padding_token_id", (uint)BeginToken)
            .Set("tokenizer.ggml.add_bos_token", false)
            .Set("tokenizer.ggml.add_space_prefix", false);
    }
}
