namespace HeteroAgent.LlamaCpp;

/// <summary>
/// How far one document has come in a grammar. Cheap to clone; clones share only what does not change. One thread at a time
/// may use a state; different states, clones included, may be used at the same time.
/// </summary>
/// <remarks>
/// The promise: as long as every token taken was allowed by <see cref="FillMask"/> or <see cref="AcceptsWithin"/> with the
/// number of tokens really left, and that number was at least <see cref="MinimumBytesToComplete"/> at the start, the document
/// can be completed before they run out. A byte is taken to cost a token, which is the most that it can cost.
/// </remarks>
internal sealed partial class GrammarState : ITokenConstraint
{
    [ThreadStatic]
    private static MaskBuilder? _builder;

    [ThreadStatic]
    private static PositionList? _scratch;

    private readonly GrammarContext _context;
    private Position[] _positions;
    private bool _ended;

    internal GrammarState(GrammarContext context, Position[] positions)
    {
        _context = context;
        _positions = positions;
    }

    /// <summary>The tokens that the state speaks of.</summary>
    public TokenVocabulary Vocabulary => _context.Vocabulary;

    /// <summary>Whether the document may end here, so that an end-of-generation token is allowed. False once one was taken.</summary>
    public bool IsComplete => !_ended && Array.Exists(_positions, static p => p.CanEnd);

    /// <summary>Whether nothing but the end may follow.</summary>
    public bool MustEnd => _ended || Array.TrueForAll(_positions, static p => p.Node == EndNode.Instance);

    /// <summary>Whether an end-of-generation token was taken: nothing may follow.</summary>
    public bool IsEnded => _ended;

    bool ITokenConstraint.IsFree => false;

    /// <summary>The bytes of the shortest text that completes the document; 0 where it may end.</summary>
    public int MinimumBytesToComplete => _ended ? 0 : Minimum(_positions);

    /// <summary>A state that goes its own way from here.</summary>
    public GrammarState Clone() => new(_context, _positions) { _ended = _ended };

    /// <summary>Whether a token may come next. An end-of-generation token may where the document is complete; any other without text never.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public bool Accepts(int token) => Accepts(token, Lengths.Infinite);

    /// <summary>Whether a token may come next when so many tokens may still be written, this one included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public bool AcceptsWithin(int token, int remainingTokens) => Accepts(token, remainingTokens - 1);

    bool ITokenConstraint.Accepts(int token, int remainingTokens) => AcceptsWithin(token, remainingTokens);

    void ITokenConstraint.Advance(int token)
    {
        if (!TryAccept(token))
        {
            throw new ArgumentException($"The token {token} may not come next; one that Accepts allowed is accepted.", nameof(token));
        }
    }

    /// <summary>Takes a token if it may come next.</summary>
    /// <returns>Whether it was taken; if not, the state is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public bool TryAccept(int token)
    {
        RequireToken(token);
        if (Vocabulary.IsEndOfGeneration(token))
        {
            if (!IsComplete)
            {
                return false;
            }

            _ended = true;
            return true;
        }

        return TryAcceptBytes(Vocabulary.GetBytes(token));
    }

    /// <summary>Takes text if it may come next, whatever tokens it is made of.</summary>
    /// <returns>Whether it was taken; if not, or if it is empty, the state is as it was.</returns>
    public bool TryAcceptBytes(ReadOnlySpan<byte> text)
    {
        PositionList scratch = _scratch ??= new PositionList();
        int start = Read(scratch, text);
        if (start < 0)
        {
            return false;
        }

        _positions = scratch.ToArray(start);
        return true;
    }

    /// <summary>Sets the bit of every token that may come next when so many tokens may still be written, and clears all others.</summary>
    /// <param name="mask">At least <see cref="TokenVocabulary.MaskLength"/> words; token t is bit t % 64 of word t / 64.</param>
    /// <param name="remainingTokens">The tokens that may still be written, this one included.</param>
    /// <exception cref="ArgumentException">The mask is too short.</exception>
    public void FillMask(Span<ulong> mask, int remainingTokens)
    {
        if (mask.Length < Vocabulary.MaskLength)
        {
            throw new ArgumentException($"The mask has {mask.Length} words; {Vocabulary.MaskLength} are needed for {Vocabulary.Count} tokens.", nameof(mask));
        }

        mask.Clear();
        if (_ended || remainingTokens < 1)
        {
            return;
        }

        int limit = remainingTokens - 1;
        MaskKey? key = Array.Exists(_positions, static p => p.Node.IsTransient) ? null : new MaskKey(_positions, Vocabulary.MaxTokenLength);
        CachedMask? cached = key is null ? null : _context.Masks.Find(key);
        if (cached is not null && cached.LongestMinimum <= limit)
        {
            cached.Bits.CopyTo(mask);
        }
        else
        {
            MaskBuilder builder = _builder ??= new MaskBuilder();
            builder.Fill(mask, _positions, limit, _context);
            if (key is not null && !builder.Limited)
            {
                _context.Masks.Add(key, new CachedMask(mask[..Vocabulary.MaskLength].ToArray(), builder.LongestMinimum));
            }
        }

        if (IsComplete)
        {
            foreach (int token in Vocabulary.EndOfGeneration)
            {
                mask[token >> 6] |= 1UL << token;
            }
        }
    }

    /// <summary>The shortest text that completes the document, or one of them.</summary>
    public byte[] ShortestCompletion()
    {
        GrammarState state = Clone();
        var text = new List<byte>();
        for (int left = state.MinimumBytesToComplete; left > 0; left--)
        {
            text.Add(state.StepTowardsEnd(left));
        }

        return [.. text];
    }

    private byte StepTowardsEnd(int left)
    {
        PositionList scratch = _scratch ??= new PositionList();
        Span<byte> text = stackalloc byte[1];
        for (int value = 0x20; value < 256; value++)
        {
            text[0] = (byte)value;
            int start = Read(scratch, text);
            if (start >= 0 && Minimum(scratch, start) < left)
            {
                _positions = scratch.ToArray(start);
                return (byte)value;
            }
        }

        throw new InvalidOperationException($"No byte leads nearer to the end, which should be {left} bytes away.");
    }

    private bool Accepts(int token, int limit)
    {
        RequireToken(token);
        if (Vocabulary.IsEndOfGeneration(token))
        {
            return IsComplete && limit >= 0;
        }

        PositionList scratch = _scratch ??= new PositionList();
        int start = Read(scratch, Vocabulary.GetBytes(token));
        return start >= 0 && Minimum(scratch, start) <= limit;
    }

    // Reads text into the scratch list; the places that follow start at the index returned, which is -1 where there is none.
    private int Read(PositionList scratch, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || _ended)
        {
            return -1;
        }

        scratch.Truncate(0);
        foreach (ref readonly Position position in _positions.AsSpan())
        {
            scratch.Add(position);
        }

        int start = 0;
        foreach (byte value in text)
        {
            int end = scratch.Count;
            if (!scratch.Step(start, end, value, _context))
            {
                return -1;
            }

            start = end;
        }

        return start;
    }

    private int Minimum(PositionList positions, int start)
    {
        int least = Lengths.Infinite;
        for (int i = start; i < positions.Count; i++)
        {
            least = Math.Min(least, positions[i].Minimum(_context));
        }

        return least;
    }

    private int Minimum(Position[] positions)
    {
        int least = Lengths.Infinite;
        foreach (ref readonly Position position in positions.AsSpan())
        {
            least = Math.Min(least, position.Minimum(_context));
        }

        return least;
    }

    private void RequireToken(int token)
    {
        if ((uint)token >= (uint)Vocabulary.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(token), token, $"The vocabulary has the tokens 0 to {Vocabulary.Count - 1}.");
        }
    }
}
