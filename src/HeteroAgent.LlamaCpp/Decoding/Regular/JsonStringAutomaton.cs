using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>Turns an automaton over code points into one over the bytes of a JSON string in canonical form, its quotes included.</summary>
internal sealed class JsonStringAutomaton
{
    private const int MaxStates = 200_000;

    private readonly TextAutomaton _text;
    private readonly ByteAutomatonBuilder _builder = new();
    private readonly int[] _states;
    private readonly int _end;
    private readonly byte _after;
    private readonly Dictionary<string, List<ByteEdge>> _longer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _inner = new(StringComparer.Ordinal);

    private JsonStringAutomaton(TextAutomaton text, bool isKey)
    {
        _text = text;
        _states = [.. Enumerable.Range(0, text.Count).Select(_ => _builder.AddState(accepts: false))];
        _end = _builder.AddState(accepts: true);
        _after = (byte)'"';
        if (isKey)
        {
            int colon = _builder.AddState(accepts: false);
            _builder.AddEdge(colon, ':', _end);
            _end = colon;
        }
    }

    /// <summary>A string as a value, or as a key with its colon.</summary>
    /// <exception cref="AutomatonTooLargeException">It would have too many states.</exception>
    public static ByteAutomaton Build(TextAutomaton text, bool isKey = false)
    {
        var json = new JsonStringAutomaton(text, isKey);
        json._builder.AddEdge(0, '"', json._states[0]);
        for (int state = 0; state < text.Count; state++)
        {
            json.AddState(state);
        }

        return json._builder.Build();
    }

    private void AddState(int state)
    {
        int from = _states[state];
        if (_text.Accepts(state))
        {
            _builder.AddEdge(from, (char)_after, _end);
        }

        // What a string writes as more than one byte: most states go on alike there, and share the states in between.
        var key = new StringBuilder();
        var longer = new List<(int First, int Last, int Target)>();
        foreach (TextEdge edge in _text.Edges(state))
        {
            int target = _states[edge.Target];
            int ascii = Math.Min(edge.Last, 0x7F);
            for (int value = edge.First, last; value <= ascii; value = last + 1)
            {
                last = LastOfOneByte(value, ascii);
                if (last >= value)
                {
                    _builder.AddEdge(from, (char)value, (char)last, target);
                }
                else
                {
                    Add(value, last = value);
                }
            }

            if (edge.Last >= 0x80)
            {
                Add(Math.Max(edge.First, 0x80), edge.Last);
            }

            void Add(int first, int last)
            {
                longer.Add((first, last, target));
                key.Append(first).Append('-').Append(last).Append(':').Append(target).Append(';');
            }
        }

        if (!_longer.TryGetValue(key.ToString(), out List<ByteEdge>? edges))
        {
            edges = Edges(Sequences(longer));
            _longer.Add(key.ToString(), edges);
        }

        _builder.AddEdges(from, edges);
    }

    // The end of the characters from one on that are written as they are; before it, where it is not.
    private static int LastOfOneByte(int value, int last)
    {
        int end = value - 1;
        while (end < last && JsonText.Escape((byte)(end + 1)).Length == 1)
        {
            end++;
        }

        return end;
    }

    private static List<(byte[] First, byte[] Last, int Target)> Sequences(List<(int First, int Last, int Target)> ranges)
    {
        var sequences = new List<(byte[] First, byte[] Last, int Target)>();
        foreach ((int from, int to, int target) in ranges)
        {
            if (from < 0x80)
            {
                byte[] escape = JsonText.Escape((byte)from).ToArray();
                sequences.Add((escape, escape, target));
                continue;
            }

            foreach ((int first, int last) in ByLength(from, to))
            {
                Split(Bytes(first), Bytes(last), target, sequences);
            }
        }

        return sequences;
    }

    // Sequences are grouped by their first byte, so that a state of the trie is shared by all that go on alike.
    private List<ByteEdge> Edges(List<(byte[] First, byte[] Last, int Target)> sequences)
    {
        var edges = new List<ByteEdge>();
        foreach (IGrouping<(byte, byte), (byte[] First, byte[] Last, int Target)> group in sequences.GroupBy(s => (s.First[0], s.Last[0])))
        {
            (byte first, byte last) = group.Key;
            int target = group.First().First.Length == 1 ? group.First().Target : Inner([.. group.Select(s => (s.First[1..], s.Last[1..], s.Target))]);
            edges.Add(new ByteEdge(first, last, target));
        }

        return edges;
    }

    private int Inner(List<(byte[] First, byte[] Last, int Target)> sequences)
    {
        string key = string.Join(';', sequences.Select(s => $"{Convert.ToHexString(s.First)}{Convert.ToHexString(s.Last)}{s.Target}"));
        if (!_inner.TryGetValue(key, out int state))
        {
            state = _builder.AddState(accepts: false);
            _inner.Add(key, state);
            if (state > MaxStates)
            {
                throw new AutomatonTooLargeException();
            }

            _builder.AddEdges(state, Edges(sequences));
        }

        return state;
    }

    private static IEnumerable<(int First, int Last)> ByLength(int first, int last)
    {
        foreach (int limit in (int[])[0x7FF, 0xFFFF, 0x10FFFF])
        {
            if (first <= limit && first <= last)
            {
                yield return (first, Math.Min(last, limit));
                first = limit + 1;
            }
        }
    }

    // Cuts a range of sequences of one length into ranges in which every byte runs over a range of its own.
    private static void Split(byte[] first, byte[] last, int target, List<(byte[] First, byte[] Last, int Target)> output)
    {
        int common = first.AsSpan().CommonPrefixLength(last);
        if (common >= first.Length - 1)
        {
            output.Add((first, last, target));
            return;
        }

        bool fromLowest = first.AsSpan(common + 1).IndexOfAnyExcept((byte)0x80) < 0;
        bool toHighest = last.AsSpan(common + 1).IndexOfAnyExcept((byte)0xBF) < 0;
        if (fromLowest && toHighest)
        {
            output.Add((first, last, target));
            return;
        }

        if (!fromLowest)
        {
            byte[] end = [.. first];
            end.AsSpan(common + 1).Fill(0xBF);
            Split([.. first], end, target, output);
            first[common]++;
            first.AsSpan(common + 1).Fill(0x80);
        }

        if (!toHighest)
        {
            byte[] middle = [.. last];
            middle[common]--;
            middle.AsSpan(common + 1).Fill(0xBF);
            if (first.AsSpan().SequenceCompareTo(middle) <= 0)
            {
                Split([.. first], middle, target, output);
            }

            byte[] start = [.. last];
            start.AsSpan(common + 1).Fill(0x80);
            Split(start, last, target, output);
        }
        else
        {
            Split(first, last, target, output);
        }
    }

    private static byte[] Bytes(int value) => Encoding.UTF8.GetBytes(new Rune(value).ToString());
}
