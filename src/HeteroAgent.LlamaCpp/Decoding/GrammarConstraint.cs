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
