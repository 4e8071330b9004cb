namespace HeteroAgent.LlamaCpp;

/// <summary>
/// A set of tokens as a byte trie, flattened depth first: node i's descendants are the nodes i+1 .. i+Subtree[i]-1, so a
/// subtree that cannot match is left out by one addition. The root has no node; its children have depth 1. Immutable.
/// </summary>
/// <remarks>The layout is that of llguidance's toktrie; the depth stands in for its count of pops.</remarks>
internal sealed class TokenTrie
{
    private readonly int[] _order;
    private readonly int[] _first;
    private readonly bool[] _plainBelow;

    private TokenTrie(byte[] bytes, int[] depths, int[] subtrees, int[] tokens, int[] order, int[] first)
    {
        Bytes = bytes;
        Depths = depths;
        Subtrees = subtrees;
        Tokens = tokens;
        _order = order;
        _first = first;
        _plainBelow = FindPlain();
    }

    /// <summary>The byte on the edge into each node.</summary>
    public byte[] Bytes { get; }

    /// <summary>The bytes from the root to each node, itself included.</summary>
    public int[] Depths { get; }

    /// <summary>The nodes under each node, itself included.</summary>
    public int[] Subtrees { get; }

    /// <summary>The token that ends at each node, or -1; of those with the same bytes the first.</summary>
    public int[] Tokens { get; }

    /// <summary>Whether every token below a node, itself left out, goes on from there with whole characters that a JSON string writes as they are.</summary>
    public bool IsPlainBelow(int node) => _plainBelow[node];

    /// <summary>The tokens that end at a node.</summary>
    public ReadOnlySpan<int> At(int node) => _order.AsSpan(_first[node], _first[node + 1] - _first[node]);

    /// <summary>The tokens below a node, itself left out.</summary>
    public ReadOnlySpan<int> Below(int node) => _order.AsSpan(_first[node + 1], _first[node + Subtrees[node]] - _first[node + 1]);

    /// <summary>Builds the trie of some of the vocabulary's tokens.</summary>
    /// <param name="pieces">The bytes of every token of the vocabulary.</param>
    /// <param name="sorted">The tokens to hold, none empty, in ascending order of their bytes and then of their ids.</param>
    public static TokenTrie Build(TokenPieces pieces, ReadOnlySpan<int> sorted)
    {
        var bytes = new List<byte>(sorted.Length * 2);
        var depths = new List<int>(sorted.Length * 2);
        var tokens = new List<int>(sorted.Length * 2);

        // By node, the place in the order of the token that made it: those before end at nodes before.
        var first = new List<int>(sorted.Length * 2);
        ReadOnlySpan<byte> previous = default;
        for (int place = 0; place < sorted.Length; place++)
        {
            ReadOnlySpan<byte> piece = pieces[sorted[place]];
            for (int i = piece.CommonPrefixLength(previous); i < piece.Length; i++)
            {
                bytes.Add(piece[i]);
                depths.Add(i + 1);
                tokens.Add(i + 1 == piece.Length ? sorted[place] : -1);
                first.Add(place);
            }

            previous = piece;
        }

        first.Add(sorted.Length);
        return new TokenTrie([.. bytes], [.. depths], Sizes(depths), [.. tokens], sorted.ToArray(), [.. first]);
    }

    /// <summary>The node of a text that is not empty, or -1.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        int node = 0;
        int end = Bytes.Length;
        for (int depth = 0; depth < text.Length; depth++)
        {
            while (node < end && Bytes[node] != text[depth])
            {
                node += Subtrees[node];
            }

            if (node >= end)
            {
                return -1;
            }

            if (depth < text.Length - 1)
            {
                end = node + Subtrees[node];
                node++;
            }
        }

        return node;
    }

    private bool[] FindPlain()
    {
        var states = new int[Depths.DefaultIfEmpty(0).Max() + 1];
        states[0] = StringAutomaton.Body;
        var plain = new bool[Bytes.Length];
        var open = new int[states.Length];
        for (int node = 0; node < Bytes.Length; node++)
        {
            byte value = Bytes[node];
            int depth = Depths[node];
            int before = states[depth - 1];
            int after = before < 0 ? -1 : StringAutomaton.NextPlain(before, value);

            // Behind whatever is not plain an ASCII character begins anew.
            states[depth] = value < 0x80 ? StringAutomaton.Body : after;
            open[depth] = node;
            plain[node] = states[depth] == StringAutomaton.Body;
            if (after < 0 || (Tokens[node] >= 0 && !plain[node]))
            {
                for (int above = 1; above < depth; above++)
                {
                    plain[open[above]] = false;
                }
            }
        }

        return plain;
    }

    private static int[] Sizes(List<int> depths)
    {
        var sizes = new int[depths.Count];
        var open = new Stack<int>();
        for (int i = 0; i < depths.Count; i++)
        {
            while (open.Count > 0 && depths[open.Peek()] >= depths[i])
            {
                int closed = open.Pop();
                sizes[closed] = i - closed;
            }

            open.Push(i);
        }

        while (open.Count > 0)
        {
            int closed = open.Pop();
            sizes[closed] = depths.Count - closed;
        }

        return sizes;
    }
}
