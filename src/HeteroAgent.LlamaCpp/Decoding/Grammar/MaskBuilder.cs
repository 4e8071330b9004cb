namespace HeteroAgent.LlamaCpp;

/// <summary>Computes which tokens may follow a set of places: one walk over the token trie, with text inside strings taken from masks prepared per vocabulary. Not thread-safe.</summary>
internal sealed class MaskBuilder
{
    private readonly PositionList _stack = new();
    private readonly PositionList _covered = new();
    private readonly PositionList _others = new();
    private Level[] _levels = [];

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

    // A place in the midst of an automaton is walked on its own, by its table; the others together.
    private void Walk(Span<ulong> mask, TokenTrie trie, PositionList positions, int limit, GrammarContext context)
    {
        _stack.Truncate(0);
        for (int i = 0; i < positions.Count; i++)
        {
            if (IsInAutomaton(positions[i]))
            {
                _stack.Add(positions[i]);
                Walk(mask, trie, limit, context);
                _stack.Truncate(0);
            }
        }

        for (int i = 0; i < positions.Count; i++)
        {
            if (!IsInAutomaton(positions[i]))
            {
                _stack.Add(positions[i]);
            }
        }

        if (_stack.Count > 0)
        {
            Walk(mask, trie, limit, context);
        }
    }

    private static bool IsInAutomaton(in Position position) => position.Node is AutomatonNode { IsBounded: false } node && node.Automaton.IsInner(position.State);

    // Inside a string every plain token short enough is allowed, provided that the document can still be completed after it.
    private bool TryFillPlain(Span<ulong> mask, in Position position, int limit, GrammarContext context)
    {
        StringNode? text = position.State == StringAutomaton.Body ? position.Node as StringNode : null;
        if (text is null && !position.Node.IsPlainLoop(position))
        {
            return false;
        }

        int minimum = position.Minimum(context);
        if (position.Node is UniqueItemNode && minimum + UniqueItemNode.MostToDiffer > limit)
        {
            // A text that an earlier item has too must become longer.
            return false;
        }

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

    private void Walk(Span<ulong> mask, TokenTrie trie, int limit, GrammarContext context)
    {
        if (_levels.Length <= context.Vocabulary.MaxTokenLength + 1)
        {
            _levels = new Level[context.Vocabulary.MaxTokenLength + 2];
        }

        Level[] levels = _levels;
        levels[0] = LevelOf(0);
        byte[] bytes = trie.Bytes;
        int[] depths = trie.Depths;
        for (int node = 0; node < bytes.Length;)
        {
            int depth = depths[node];
            ref Level above = ref levels[depth - 1];
            ref Level level = ref levels[depth];
            if (!(above.Node is null ? Step(above, ref level, bytes[node], context) : StepAutomaton(above, ref level, bytes[node], context)))
            {
                node += trie.Subtrees[node];
                continue;
            }

            if (trie.Tokens[node] >= 0)
            {
                Allow(mask, trie.At(node), level.Node is null ? Minimum(level, context) : level.Minimum, limit);
            }

            if (level.Node is { } automaton && trie.IsPlainBelow(node) && automaton.Automaton.IsPlainLoop(level.State))
            {
                Allow(mask, trie.Below(node), level.Minimum, limit);
                node += trie.Subtrees[node];
            }
            else
            {
                node++;
            }
        }
    }

    private bool Step(in Level above, ref Level level, byte next, GrammarContext context)
    {
        _stack.Truncate(above.End);
        if (!_stack.Step(above.Start, above.End, next, context))
        {
            return false;
        }

        level = LevelOf(above.End);
        return true;
    }

    // In the midst of one automaton, where most time goes, a step is a look into its table.
    private bool StepAutomaton(in Level above, ref Level level, byte next, GrammarContext context)
    {
        ByteAutomaton automaton = above.Node!.Automaton;
        int target = automaton.Next(above.State, next);
        if (target < 0)
        {
            return false;
        }

        if (automaton.IsInner(target))
        {
            level = new Level(above.Start, above.Start, above.Node, target, above.Rest, Lengths.Add(automaton.Minimum(target), above.Rest!.Minimum));
            return true;
        }

        _stack.Truncate(above.Start);
        _stack.Add(new Position(above.Node, above.State, 0, 0, above.Rest!));
        return Step(new Level(above.Start, above.Start + 1, null, 0, null, 0), ref level, next, context);
    }

    private Level LevelOf(int start)
    {
        if (_stack.Count == start + 1 && IsInAutomaton(_stack[start]))
        {
            Position position = _stack[start];
            var node = (AutomatonNode)position.Node;
            return new Level(start, start, node, position.State, position.Rest, Lengths.Add(node.Automaton.Minimum(position.State), position.Rest.Minimum));
        }

        return new Level(start, _stack.Count, null, 0, null, 0);
    }

    private int Minimum(in Level level, GrammarContext context)
    {
        int minimum = Lengths.Infinite;
        for (int i = level.Start; i < level.End; i++)
        {
            minimum = Math.Min(minimum, _stack[i].Minimum(context));
        }

        return minimum;
    }

    private void Allow(Span<ulong> mask, ReadOnlySpan<int> tokens, int minimum, int limit)
    {
        if (tokens.IsEmpty)
        {
            return;
        }

        if (minimum > limit)
        {
            Limited = true;
            return;
        }

        LongestMinimum = Math.Max(LongestMinimum, minimum);
        foreach (int token in tokens)
        {
            mask[token >> 6] |= 1UL << token;
        }
    }

    // The places at one depth of the trie: a part of the stack, or one state of one automaton, which needs no place there.
    private readonly record struct Level(int Start, int End, AutomatonNode? Node, int State, Continuation? Rest, int Minimum);
}
