namespace HeteroAgent.LlamaCpp;

/// <summary>Computes which tokens may follow a set of places: one walk over the token trie, with text inside strings taken from masks prepared per vocabulary. Not thread-safe.</summary>
internal sealed class MaskBuilder
{
    private readonly PositionList _stack = new();
    private readonly PositionList _covered = new();
    private readonly PositionList _others = new();
    private int[] _ends = [];

    /// <summary>Whether the last mask left out a token only because too few tokens were left.</summary>
    public bool Limited { get; private set; }

    /// <summary>The most bytes that the shortest completion takes after any token of the last mask.</summary>
    public int LongestMinimum { get; private set; }

    /// <summary>Sets the bit of every token after which the document can be completed in at most <paramref name="limit"/> bytes.</summary>
    public void Fill(Span<ulong> mask, ReadOnlySpan<Position> positions, int limit, GrammarContext context)
    {
        Limited = false;
        LongestMinimum = 0;
        // Places inside a string take the prepared masks and walk only the tokens that these leave open.
        _covered.Truncate(0);
        _others.Truncate(0);
        foreach (ref readonly Position position in positions)
        {
            (TryFillPlain(mask, position, limit, context) ? _covered : _others).Add(position);
        }

        Walk(mask, context.Vocabulary.Residual, _covered, limit, context);
        Walk(mask, context.Vocabulary.Tokens, _others, limit, context);
    }

    // Inside a string every plain token short enough is allowed, provided that the document can still be completed after it.
    private bool TryFillPlain(Span<ulong> mask, in Position position, int limit, GrammarContext context)
    {
        StringNode? text = position.State == StringAutomaton.Body ? position.Node as StringNode : null;
        if (text is null && (position.Node is not AutomatonNode automaton || !automaton.IsPlainLoop(position)))
        {
            return false;
        }

        int minimum = position.Minimum(context);
        if (minimum > limit + 1)
        {
            // Fewer tokens are left than the shortest completion takes: only a long token could still save it.
            return false;
        }

        // A token of a required character brings the end nearer by at least one byte; any other leaves it where it is.
        if (minimum > limit && (text is null || position.Count >= text.MinLength))
        {
            Limited = true;
            return true;
        }

        LongestMinimum = Math.Max(LongestMinimum, minimum);
        ReadOnlySpan<ulong> plain = context.Vocabulary.PlainUpTo(text?.Left(position) ?? int.MaxValue);
        for (int i = 0; i < plain.Length; i++)
        {
            mask[i] |= plain[i];
        }

        return true;
    }

    private void Walk(Span<ulong> mask, TokenTrie trie, PositionList positions, int limit, GrammarContext context)
    {
        if (positions.Count == 0)
        {
            return;
        }

        _stack.Truncate(0);
        for (int i = 0; i < positions.Count; i++)
        {
            _stack.Add(positions[i]);
        }

        // The set of places at depth d ends at ends[d] and starts where that of depth d - 1 ends.
        if (_ends.Length <= context.Vocabulary.MaxTokenLength + 1)
        {
            _ends = new int[context.Vocabulary.MaxTokenLength + 2];
        }

        int[] ends = _ends;
        ends[0] = _stack.Count;
        byte[] bytes = trie.Bytes;
        int[] depths = trie.Depths;
        for (int node = 0; node < bytes.Length;)
        {
            int depth = depths[node] - 1;
            int end = ends[depth];
            _stack.Truncate(end);
            if (!_stack.Step(depth == 0 ? 0 : ends[depth - 1], end, bytes[node], context))
            {
                node += trie.Subtrees[node];
                continue;
            }

            ends[depth + 1] = _stack.Count;
            if (trie.Tokens[node] >= 0)
            {
                Allow(mask, trie, trie.Tokens[node], end, limit, context);
            }

            node++;
        }
    }

    private void Allow(Span<ulong> mask, TokenTrie trie, int token, int start, int limit, GrammarContext context)
    {
        int minimum = Lengths.Infinite;
        for (int i = start; i < _stack.Count; i++)
        {
            minimum = Math.Min(minimum, _stack[i].Minimum(context));
        }

        if (minimum > limit)
        {
            Limited = true;
            return;
        }

        LongestMinimum = Math.Max(LongestMinimum, minimum);
        for (; token >= 0; token = trie.SameBytes[token])
        {
            mask[token >> 6] |= 1UL << token;
        }
    }
}
