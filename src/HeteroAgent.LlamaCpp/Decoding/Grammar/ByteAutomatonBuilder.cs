namespace HeteroAgent.LlamaCpp;

/// <summary>Builds a <see cref="ByteAutomaton"/>.</summary>
internal sealed class ByteAutomatonBuilder
{
    private readonly List<SortedDictionary<byte, int>> _edges = [[]];
    private readonly List<bool> _accepts = [false];

    /// <summary>Adds a state.</summary>
    public int AddState(bool accepts)
    {
        _edges.Add([]);
        _accepts.Add(accepts);
        return _edges.Count - 1;
    }

    /// <summary>Adds an edge for every byte of a range, both ends included.</summary>
    public void AddEdge(int from, char first, char last, int to)
    {
        for (int value = first; value <= last; value++)
        {
            _edges[from].Add((byte)value, to);
        }
    }

    /// <summary>Adds an edge for one byte.</summary>
    public void AddEdge(int from, char value, int to) => AddEdge(from, value, value, to);

    /// <summary>Adds a literal to the trie.</summary>
    /// <returns>The states that the literal passes, the start excluded.</returns>
    public int[] AddLiteral(ReadOnlySpan<byte> literal)
    {
        var path = new int[literal.Length];
        int state = 0;
        for (int i = 0; i < literal.Length; i++)
        {
            if (!_edges[state].TryGetValue(literal[i], out int next))
            {
                next = AddState(accepts: false);
                _edges[state].Add(literal[i], next);
            }

            path[i] = state = next;
        }

        _accepts[state] = true;
        return path;
    }

    /// <summary>The automaton.</summary>
    public ByteAutomaton Build() => new(_edges, _accepts);
}
