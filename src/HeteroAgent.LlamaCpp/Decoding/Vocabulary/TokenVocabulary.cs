namespace HeteroAgent.LlamaCpp;

/// <summary>A model's tokens as bytes, prepared for computing which of them a grammar allows. Built once per model; immutable and thread-safe.</summary>
internal sealed class TokenVocabulary
{
    private readonly TokenPieces _pieces;
    private readonly bool[] _endOfGeneration;
    private readonly bool[] _singleBytes = new bool[256];
    private readonly ulong[][] _plainUpTo;

    /// <summary>Builds the vocabulary.</summary>
    /// <param name="pieces">The bytes of each token by id; null or empty for a control token, which no grammar allows.</param>
    /// <param name="endOfGeneration">The ids of the tokens that end a generation; their bytes, if any, are not text.</param>
    /// <exception cref="ArgumentException">There is no token, or an id lies outside the vocabulary.</exception>
    public TokenVocabulary(IReadOnlyList<byte[]?> pieces, IEnumerable<int> endOfGeneration)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        ArgumentNullException.ThrowIfNull(endOfGeneration);
        if (pieces.Count == 0)
        {
            throw new ArgumentException("The vocabulary has no token; at least one is needed.", nameof(pieces));
        }

        _endOfGeneration = new bool[pieces.Count];
        foreach (int id in endOfGeneration)
        {
            if ((uint)id >= (uint)pieces.Count)
            {
                throw new ArgumentException($"The end-of-generation token {id} lies outside the vocabulary of {pieces.Count} tokens.", nameof(endOfGeneration));
            }

            _endOfGeneration[id] = true;
        }

        EndOfGeneration = [.. Enumerable.Range(0, pieces.Count).Where(i => _endOfGeneration[i])];
        _pieces = new TokenPieces([.. pieces.Select((piece, id) => _endOfGeneration[id] ? null : piece)]);
        int[] sorted = _pieces.Sorted();
        Tokens = TokenTrie.Build(_pieces, sorted);
        var plain = new Dictionary<int, List<int>>();
        var residual = new List<int>();
        foreach (int token in sorted)
        {
            ReadOnlySpan<byte> piece = _pieces[token];
            _singleBytes[piece[0]] |= piece.Length == 1;
            MaxTokenLength = Math.Max(MaxTokenLength, piece.Length);
            int length = PlainLength(piece);
            if (length < 0)
            {
                residual.Add(token);
                continue;
            }

            if (!plain.TryGetValue(length, out List<int>? ids))
            {
                plain[length] = ids = [];
            }

            ids.Add(token);
        }

        Residual = TokenTrie.Build(_pieces, [.. residual]);
        _plainUpTo = Cumulate(plain);
    }

    /// <summary>The number of tokens.</summary>
    public int Count => _pieces.Count;

    /// <summary>The length of a mask: one bit a token, 64 to a word.</summary>
    public int MaskLength => (Count + 63) / 64;

    /// <summary>The tokens that end a generation, ascending.</summary>
    public IReadOnlyList<int> EndOfGeneration { get; }

    /// <summary>The bytes of the longest token.</summary>
    public int MaxTokenLength { get; }

    /// <summary>Every token with bytes.</summary>
    public TokenTrie Tokens { get; }

    /// <summary>The tokens that are not plain: those that hold a quote, a backslash, a control character or part of a character.</summary>
    public TokenTrie Residual { get; }

    /// <summary>The bytes of a token; empty for a control token.</summary>
    public ReadOnlySpan<byte> GetBytes(int token) => _pieces[token];

    /// <summary>Whether a token ends the generation.</summary>
    public bool IsEndOfGeneration(int token) => _endOfGeneration[token];

    /// <summary>Whether some token is exactly this byte, so that the byte can always be written.</summary>
    public bool HasByte(byte value) => _singleBytes[value];

    /// <summary>The mask of the plain tokens of at most so many characters: text that may stand anywhere inside a JSON string.</summary>
    public ReadOnlySpan<ulong> PlainUpTo(int codePoints) =>
        codePoints <= 0 ? default : _plainUpTo[Math.Min(codePoints, _plainUpTo.Length) - 1];

    private ulong[][] Cumulate(Dictionary<int, List<int>> plain)
    {
        var masks = new ulong[plain.Count == 0 ? 1 : plain.Keys.Max()][];
        var current = new ulong[MaskLength];
        for (int length = 1; length <= masks.Length; length++)
        {
            if (plain.TryGetValue(length, out List<int>? ids))
            {
                current = [.. current];
                foreach (int id in ids)
                {
                    current[id >> 6] |= 1UL << id;
                }
            }

            masks[length - 1] = current;
        }

        return masks;
    }

    // The characters of a piece that is plain, or -1.
    private static int PlainLength(ReadOnlySpan<byte> piece)
    {
        int characters = 0;
        int state = StringAutomaton.Body;
        foreach (byte value in piece)
        {
            state = StringAutomaton.NextPlain(state, value);
            if (state < 0)
            {
                return -1;
            }

            characters += state == StringAutomaton.Body ? 1 : 0;
        }

        return state == StringAutomaton.Body ? characters : -1;
    }
}
