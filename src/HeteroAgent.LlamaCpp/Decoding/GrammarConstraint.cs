namespace HeteroAgent.LlamaCpp;

/// <summary>Constrains a generation to the documents of one grammar, or of any of several that are followed side by side.</summary>
internal sealed class GrammarConstraint : ITokenConstraint
{
    private readonly List<GrammarState> _states;
    private ulong[]? _mask;

    internal GrammarConstraint(params IEnumerable<GrammarState> states) => _states = [.. states];

    public bool IsComplete => _states.Exists(s => s.IsComplete);

    public bool MustEnd => _states.TrueForAll(s => s.MustEnd);

    public bool IsFree => false;

    /// <summary>The tokens that the shortest document may cost.</summary>
    internal int Minimum => _states.Min(s => s.MinimumBytesToComplete);

    public bool Accepts(int token, int remainingTokens) => _states.Exists(s => s.AcceptsWithin(token, remainingTokens));

    public void FillMask(Span<ulong> mask, int remainingTokens)
    {
        _states[0].FillMask(mask, remainingTokens);
        foreach (GrammarState state in _states.Skip(1))
        {
            ulong[] other = _mask ??= new ulong[mask.Length];
            state.FillMask(other, remainingTokens);
            for (int i = 0; i < other.Length; i++)
            {
                mask[i] |= other[i];
            }
        }
    }

    public int ForcedByte
    {
        get
        {
            int forced = _states[0].ForcedByte;
            return _states.TrueForAll(s => s.ForcedByte == forced) ? forced : -1;
        }
    }

    public ITokenConstraint Fork() => new GrammarConstraint(_states.Select(s => s.Clone()));

    public bool AcceptsText(ReadOnlySpan<byte> text)
    {
        foreach (GrammarState state in _states)
        {
            if (state.AcceptsText(text))
            {
                return true;
            }
        }

        return false;
    }

    public void AdvanceText(ReadOnlySpan<byte> text)
    {
        for (int i = _states.Count - 1; i >= 0; i--)
        {
            if (!_states[i].TryAcceptBytes(text))
            {
                _states.RemoveAt(i);
            }
        }

        if (_states.Count == 0)
        {
            throw new ArgumentException($"The text \"{System.Text.Encoding.UTF8.GetString(text)}\" may not come next; one that AcceptsText allowed is accepted.", nameof(text));
        }
    }

    public void Advance(int token)
    {
        GrammarState first = _states[0];
        _states.RemoveAll(s => !s.TryAccept(token));
        if (_states.Count == 0)
        {
            throw new InvalidOperationException($"Token {token} ({System.Text.Encoding.UTF8.GetString(first.Vocabulary.GetBytes(token))}) was taken although the grammar does not allow it.");
        }
    }
}
