namespace HeteroAgent.LlamaCpp;

/// <summary>Builds a <see cref="ByteAutomaton"/>. Edges out of one state never overlap.</summary>
internal sealed class ByteAutomatonBuilder
{
    private readonly List<List<ByteEdge>> _edges = [[]];
    private readonly List<bool> _accepts = [false];

    /// <summary>Adds a state.</summary>
    public int AddState(bool accepts)
    {
        _edges.Add([]);
        _accepts.Add(accepts);
        return _edges.Count - 1;
    }

    /// <summary>Adds an edge for every byte of a range, both ends included.</summary>
    public void AddEdge(int from, char first, char last, int to) => _edges[from].Add(new ByteEdge((byte)first, (byte)last, to));

    /// <summary>Adds edges.</summary>
    public void AddEdges(int from, IEnumerable<ByteEdge> edges) => _edges[from].AddRange(edges);

    /// <summary>Adds an edge for one byte.</summary>
    public void AddEdge(int from, char value, int to) => AddEdge(from, value, value, to);

    /// <summary>The state behind a byte, which is added where nothing leads on.</summary>
    public int GetOrAddState(int from, byte value)
    {
        foreach (ByteEdge edge in _edges[from])
        {
            if (value >= edge.First && value <= edge.Last)
            {
                return edge.Target;
            }
        }

        int state = AddState(accepts: false);
        _edges[from].Add(new ByteEdge(value, value, state));
        return state;
    }

    /// <summary>Adds a literal to the trie.</summary>
    /// <returns>The states that the literal passes, the start excluded.</returns>
    public int[] AddLiteral(ReadOnlySpan<byte> literal)
    {
        var path = new int[literal.Length];
        int state = 0;
        for (int i = 0; i < literal.Length; i++)
        {
            path[i] = state = GetOrAddState(state, literal[i]);
        }

        _accepts[state] = true;
        return path;
    }

    /// <summary>The automaton.</summary>
    /// <exception cref="AutomatonTooLargeException">Its table would be too large.</exception>
    public ByteAutomaton Build() => new(_edges, [.. _accepts]);
}
