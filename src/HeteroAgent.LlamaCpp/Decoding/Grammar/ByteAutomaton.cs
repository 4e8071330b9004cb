namespace HeteroAgent.LlamaCpp;

/// <summary>A deterministic finite automaton over bytes: a trie of literals, a number, a pattern. State 0 is the start, and every state leads to one that accepts. Immutable.</summary>
/// <remarks>Bytes that every state treats alike share one column of the table.</remarks>
internal sealed class ByteAutomaton
{
    private const int MaxTable = 1 << 24;
    private const int MaxListedLength = 4096;

    private readonly byte[] _columns = new byte[256];
    private readonly int[] _table;
    private readonly int _width;
    private readonly bool[] _accepts;
    private readonly bool[] _final;
    private readonly int[] _minimum;
    private readonly bool[] _plainLoop;

    internal ByteAutomaton(IReadOnlyList<IReadOnlyList<ByteEdge>> edges, bool[] accepts)
    {
        _accepts = accepts;
        _width = Columns(edges);
        if ((long)_width * accepts.Length > MaxTable)
        {
            throw new AutomatonTooLargeException();
        }

        _minimum = Minima(edges, accepts);
        LongestMinimum = _minimum.Where(m => m < Lengths.Infinite).DefaultIfEmpty(0).Max();
        _table = new int[_width * accepts.Length];
        Array.Fill(_table, -1);
        _final = new bool[accepts.Length];
        for (int state = 0; state < accepts.Length; state++)
        {
            _final[state] = true;
            foreach (ByteEdge edge in edges[state])
            {
                if (_minimum[edge.Target] < Lengths.Infinite)
                {
                    _table.AsSpan((state * _width) + _columns[edge.First], _columns[edge.Last] - _columns[edge.First] + 1).Fill(edge.Target);
                    _final[state] = false;
                }
            }
        }

        _plainLoop = [.. Enumerable.Range(0, accepts.Length).Select(LoopsOnPlainText)];
    }

    /// <summary>The number of states.</summary>
    public int StateCount => _accepts.Length;

    /// <summary>Whether the text may end in a state.</summary>
    public bool Accepts(int state) => _accepts[state];

    /// <summary>Whether no byte may follow in a state.</summary>
    public bool IsFinal(int state) => _final[state];

    /// <summary>Whether the text goes on in a state and cannot end there.</summary>
    public bool IsInner(int state) => !_accepts[state] && !_final[state];

    /// <summary>The fewest bytes from a state to one that accepts.</summary>
    public int Minimum(int state) => _minimum[state];

    /// <summary>The most bytes that it takes from any state to one that accepts.</summary>
    public int LongestMinimum { get; }

    /// <summary>Where a byte leads from a state, or -1.</summary>
    public int Next(int state, byte value) => _table[(state * _width) + _columns[value]];

    /// <summary>Whether every character that a JSON string writes as it is leads from a state back to it, so that plain text may stand there at will.</summary>
    public bool IsPlainLoop(int state) => _plainLoop[state];

    /// <summary>The lengths of the shortest texts, so many, ascending; <see cref="Lengths.Infinite"/> where there are not as many.</summary>
    public int[] ShortestTexts(int count)
    {
        const long Many = 1L << 40;
        var lengths = new List<int>();
        var paths = new long[StateCount];
        paths[0] = 1;
        for (int length = 0; lengths.Count < count && length <= MaxListedLength && Array.Exists(paths, static p => p > 0); length++)
        {
            var next = new long[StateCount];
            long ends = 0;
            for (int state = 0; state < StateCount; state++)
            {
                if (paths[state] == 0)
                {
                    continue;
                }

                ends = Math.Min(ends + (_accepts[state] ? paths[state] : 0), Many);
                for (int value = 0; value < 256; value++)
                {
                    if (Next(state, (byte)value) is >= 0 and int target)
                    {
                        next[target] = Math.Min(next[target] + paths[state], Many);
                    }
                }
            }

            lengths.AddRange(Enumerable.Repeat(length, (int)Math.Min(ends, count - lengths.Count)));
            paths = next;
        }

        lengths.AddRange(Enumerable.Repeat(Lengths.Infinite, count - lengths.Count));
        return [.. lengths];
    }

    // Follows the sequences of UTF-8 side by side with the automaton: whenever a character is complete the state must be the same.
    private bool LoopsOnPlainText(int state)
    {
        if (Next(state, (byte)'a') != state)
        {
            return false;
        }

        var seen = new HashSet<(int Mine, int Text)> { (state, StringAutomaton.Body) };
        var open = new Stack<(int Mine, int Text)>(seen);
        while (open.TryPop(out (int Mine, int Text) at))
        {
            for (int value = 0x20; value < 256; value++)
            {
                int text = StringAutomaton.NextPlain(at.Text, (byte)value);
                if (text < 0)
                {
                    continue;
                }

                int mine = Next(at.Mine, (byte)value);
                if (mine < 0 || (text == StringAutomaton.Body && mine != state))
                {
                    return false;
                }

                if (seen.Add((mine, text)))
                {
                    open.Push((mine, text));
                }
            }
        }

        return true;
    }

    // A new column starts wherever some edge starts or has ended.
    private int Columns(IReadOnlyList<IReadOnlyList<ByteEdge>> edges)
    {
        var starts = new bool[257];
        foreach (IReadOnlyList<ByteEdge> leaving in edges)
        {
            foreach (ByteEdge edge in leaving)
            {
                starts[edge.First] = true;
                starts[edge.Last + 1] = true;
            }
        }

        int column = 0;
        for (int value = 1; value < 256; value++)
        {
            column += starts[value] ? 1 : 0;
            _columns[value] = (byte)column;
        }

        return column + 1;
    }

    private static int[] Minima(IReadOnlyList<IReadOnlyList<ByteEdge>> edges, bool[] accepts)
    {
        var sources = new List<int>[accepts.Length];
        for (int state = 0; state < accepts.Length; state++)
        {
            foreach (ByteEdge edge in edges[state])
            {
                (sources[edge.Target] ??= []).Add(state);
            }
        }

        var minima = new int[accepts.Length];
        Array.Fill(minima, Lengths.Infinite);
        var open = new Queue<int>();
        for (int state = 0; state < accepts.Length; state++)
        {
            if (accepts[state])
            {
                minima[state] = 0;
                open.Enqueue(state);
            }
        }

        while (open.TryDequeue(out int state))
        {
            foreach (int source in sources[state] ?? [])
            {
                if (minima[source] == Lengths.Infinite)
                {
                    minima[source] = minima[state] + 1;
                    open.Enqueue(source);
                }
            }
        }

        return minima;
    }
}
