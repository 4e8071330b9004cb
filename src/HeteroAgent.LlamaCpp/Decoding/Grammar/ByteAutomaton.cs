namespace HeteroAgent.LlamaCpp;

/// <summary>A finite automaton over bytes without loops: a trie of literals, or a number with a bound on its digits. State 0 is the start. Immutable.</summary>
internal sealed class ByteAutomaton
{
    private readonly int[] _firstEdge;
    private readonly byte[] _edgeBytes;
    private readonly int[] _edgeTargets;
    private readonly bool[] _accepts;
    private readonly int[] _minimum;

    internal ByteAutomaton(IReadOnlyList<SortedDictionary<byte, int>> edges, IReadOnlyList<bool> accepts)
    {
        _firstEdge = new int[edges.Count + 1];
        for (int i = 0; i < edges.Count; i++)
        {
            _firstEdge[i + 1] = _firstEdge[i] + edges[i].Count;
        }

        _edgeBytes = [.. edges.SelectMany(e => e.Keys)];
        _edgeTargets = [.. edges.SelectMany(e => e.Values)];
        _accepts = [.. accepts];
        _minimum = Minima();
    }

    /// <summary>The number of states.</summary>
    public int StateCount => _accepts.Length;

    /// <summary>Whether the text may end in a state.</summary>
    public bool Accepts(int state) => _accepts[state];

    /// <summary>Whether no byte may follow in a state.</summary>
    public bool IsFinal(int state) => _firstEdge[state] == _firstEdge[state + 1];

    /// <summary>The fewest bytes from a state to one that accepts.</summary>
    public int Minimum(int state) => _minimum[state];

    /// <summary>The bytes on the edges out of a state, ascending.</summary>
    public ReadOnlySpan<byte> EdgeBytes(int state) => _edgeBytes.AsSpan(_firstEdge[state], _firstEdge[state + 1] - _firstEdge[state]);

    /// <summary>Where a byte leads from a state, or -1.</summary>
    public int Next(int state, byte value)
    {
        ReadOnlySpan<byte> edges = EdgeBytes(state);
        int index = edges.Length > 16 ? edges.BinarySearch(value) : edges.IndexOf(value);
        return index < 0 ? -1 : _edgeTargets[_firstEdge[state] + index];
    }

    private int[] Minima()
    {
        var minima = new int[StateCount];
        for (int i = 0; i < minima.Length; i++)
        {
            minima[i] = _accepts[i] ? 0 : Lengths.Infinite;
        }

        // Relaxed until nothing changes: edges may lead to earlier or to later states.
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int state = StateCount - 1; state >= 0; state--)
            {
                for (int edge = _firstEdge[state]; edge < _firstEdge[state + 1]; edge++)
                {
                    int length = Lengths.Add(minima[_edgeTargets[edge]], 1);
                    if (length < minima[state])
                    {
                        minima[state] = length;
                        changed = true;
                    }
                }
            }
        }

        return minima;
    }
}
