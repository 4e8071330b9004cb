using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>
/// A deterministic finite automaton over the code points of Unicode text: what a pattern, a format or a bound on the length
/// allows. Every state leads to one that accepts, so that text begun can always be finished; the automaton of no text has one
/// state and accepts nothing. Immutable.
/// </summary>
internal sealed partial class TextAutomaton
{
    /// <summary>The most states an automaton may have; what needs more is refused.</summary>
    public const int MaxStates = 20_000;

    // The most edges that one schema may make: seconds of work, which a hostile schema would ask for.
    private const long MaxWork = 1_500_000;

    [ThreadStatic]
    private static long? _work;

    private readonly TextEdge[][] _edges;
    private readonly bool[] _accepts;

    private TextAutomaton(TextEdge[][] edges, bool[] accepts)
    {
        _edges = edges;
        _accepts = accepts;
    }

    /// <summary>Starts counting the work of a schema on this thread, and limiting it.</summary>
    public static void StartWork() => _work = 0;

    /// <summary>Ends what <see cref="StartWork"/> began.</summary>
    public static void EndWork() => _work = null;

    /// <summary>Every text.</summary>
    public static TextAutomaton Any { get; } = new([[new(0, 0xD7FF, 0), new(0xE000, 0x10FFFF, 0)]], [true]);

    /// <summary>No text.</summary>
    public static TextAutomaton None { get; } = new([[]], [false]);

    /// <summary>The number of states; 0 is the start.</summary>
    public int Count => _accepts.Length;

    /// <summary>Whether no text is allowed.</summary>
    public bool IsEmpty => _accepts.Length == 1 && !_accepts[0] && _edges[0].Length == 0;

    /// <summary>Whether every text is allowed.</summary>
    public bool IsAny => Array.TrueForAll(_accepts, static a => a) && Array.TrueForAll(_edges, static e => e.Sum(r => r.Last - r.First + 1) == 0x110000 - 0x800);

    /// <summary>Whether every character is one that a JSON string writes as one byte.</summary>
    public bool IsPlainAscii => Array.TrueForAll(_edges, static edges => Array.TrueForAll(edges, static e =>
        e.First >= 0x20 && e.Last < 0x80 && (e.Last < '"' || e.First > '"') && (e.Last < '\\' || e.First > '\\')));

    /// <summary>The edges out of a state, ascending and apart.</summary>
    public ReadOnlySpan<TextEdge> Edges(int state) => _edges[state];

    /// <summary>Whether the text may end in a state.</summary>
    public bool Accepts(int state) => _accepts[state];

    /// <summary>Whether a text is allowed. A lone surrogate is no text.</summary>
    public bool Matches(string text)
    {
        int state = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            state = Next(state, rune.Value);
            if (state < 0)
            {
                return false;
            }
        }

        return _accepts[state];
    }

    /// <summary>Where a code point leads from a state, or -1.</summary>
    public int Next(int state, int value)
    {
        foreach (ref readonly TextEdge edge in _edges[state].AsSpan())
        {
            if (value <= edge.Last)
            {
                return value >= edge.First ? edge.Target : -1;
            }
        }

        return -1;
    }

    /// <summary>All texts, shortest first within a state's order, if there are at most <paramref name="limit"/>; null where there are more.</summary>
    public IReadOnlyList<string>? Enumerate(int limit)
    {
        var texts = new List<string>();
        return !HasCycle() && Enumerate(0, new StringBuilder(), texts, limit) ? texts : null;
    }

    /// <summary>Builds an automaton from a start and a step function.</summary>
    /// <typeparam name="T">The states, compared by value.</typeparam>
    /// <param name="start">The first state.</param>
    /// <param name="edges">The ranges of code points that lead on from a state, ascending and apart.</param>
    /// <param name="accepts">Whether the text may end in a state.</param>
    /// <exception cref="AutomatonTooLargeException">It would have more than <see cref="MaxStates"/> states.</exception>
    public static TextAutomaton Build<T>(T start, Func<T, IEnumerable<(int First, int Last, T Target)>> edges, Func<T, bool> accepts)
        where T : notnull
    {
        var numbers = new Dictionary<T, int> { [start] = 0 };
        var order = new List<T> { start };
        var found = new List<TextEdge[]>();
        for (int i = 0; i < order.Count; i++)
        {
            var leaving = new List<TextEdge>();
            foreach ((int first, int last, T target) in edges(order[i]))
            {
                if (!numbers.TryGetValue(target, out int number))
                {
                    number = order.Count;
                    if (number >= MaxStates)
                    {
                        throw new AutomatonTooLargeException();
                    }

                    numbers.Add(target, number);
                    order.Add(target);
                }

                Append(leaving, first, last, number);
                if (++_work > MaxWork)
                {
                    throw new AutomatonTooLargeException();
                }
            }

            found.Add([.. leaving]);
        }

        return Trim([.. found], [.. order.Select(accepts)]);
    }

    private static void Append(List<TextEdge> edges, int first, int last, int target)
    {
        if (edges.Count > 0 && edges[^1].Target == target && edges[^1].Last + 1 == first)
        {
            edges[^1] = edges[^1] with { Last = last };
        }
        else
        {
            edges.Add(new TextEdge(first, last, target));
        }
    }

    // Leaves out the states from which no text can be finished, and those that nothing leads to.
    private static TextAutomaton Trim(TextEdge[][] edges, bool[] accepts)
    {
        var sources = new List<int>[accepts.Length];
        for (int i = 0; i < edges.Length; i++)
        {
            foreach (TextEdge edge in edges[i])
            {
                (sources[edge.Target] ??= []).Add(i);
            }
        }

        bool[] alive = [.. accepts];
        var open = new Stack<int>(Enumerable.Range(0, accepts.Length).Where(i => accepts[i]));
        while (open.Count > 0)
        {
            foreach (int source in sources[open.Pop()] ?? [])
            {
                if (!alive[source])
                {
                    alive[source] = true;
                    open.Push(source);
                }
            }
        }

        if (!alive[0])
        {
            return None;
        }

        var numbers = new int[accepts.Length];
        int count = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = alive[i] ? count++ : -1;
        }

        var kept = new TextEdge[count][];
        var ends = new bool[count];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (alive[i])
            {
                var merged = new List<TextEdge>();
                foreach (TextEdge edge in edges[i])
                {
                    if (alive[edge.Target])
                    {
                        Append(merged, edge.First, edge.Last, numbers[edge.Target]);
                    }
                }

                kept[numbers[i]] = [.. merged];
                ends[numbers[i]] = accepts[i];
            }
        }

        return new TextAutomaton(kept, ends);
    }

    private bool HasCycle()
    {
        // 0 not seen, 1 on the path, 2 done; no recursion, since a path may be as long as the automaton.
        var mark = new byte[Count];
        var path = new Stack<(int State, int Edge)>();
        path.Push((0, 0));
        mark[0] = 1;
        while (path.Count > 0)
        {
            (int state, int edge) = path.Pop();
            if (edge == _edges[state].Length)
            {
                mark[state] = 2;
                continue;
            }

            path.Push((state, edge + 1));
            int target = _edges[state][edge].Target;
            if (mark[target] == 1)
            {
                return true;
            }

            if (mark[target] == 0)
            {
                mark[target] = 1;
                path.Push((target, 0));
            }
        }

        return false;
    }

    private bool Enumerate(int state, StringBuilder text, List<string> texts, int limit)
    {
        if (_accepts[state])
        {
            texts.Add(text.ToString());
        }

        foreach (TextEdge edge in _edges[state])
        {
            if (edge.Last - edge.First >= limit)
            {
                return false;
            }

            for (int value = edge.First; value <= edge.Last; value++)
            {
                int length = text.Length;
                text.Append(new Rune(value));
                if (!Enumerate(edge.Target, text, texts, limit) || texts.Count > limit)
                {
                    return false;
                }

                text.Length = length;
            }
        }

        return texts.Count <= limit;
    }
}
