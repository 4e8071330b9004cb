using System.Collections.Concurrent;

namespace HeteroAgent.LlamaCpp;

/// <summary>Turns a regular expression into the automaton of the texts in which it matches somewhere, as JSON Schema's <c>pattern</c> does.</summary>
internal sealed class PatternAutomaton
{
    private const int MaxNodes = 60_000;
    private const int MaxCached = 512;
    private const int Accept = 0;
    private static readonly ConcurrentDictionary<string, TextAutomaton> Cache = new(StringComparer.Ordinal);

    private readonly List<Node> _nodes = [];

    private enum Kind
    {
        Free,
        Start,
        End,
    }

    /// <summary>The texts in which a pattern matches.</summary>
    /// <exception cref="PatternException">The pattern is malformed or not supported.</exception>
    /// <exception cref="AutomatonTooLargeException">The automaton would be too large.</exception>
    public static TextAutomaton Of(string pattern)
    {
        if (Cache.TryGetValue(pattern, out TextAutomaton? known))
        {
            return known;
        }

        TextAutomaton automaton = Of(PatternParser.Parse(pattern));
        if (Cache.Count >= MaxCached)
        {
            Cache.Clear();
        }

        return Cache.GetOrAdd(pattern, automaton);
    }

    // A lookahead at the start says what the whole text must look like besides; anywhere else it is not followed.
    private static TextAutomaton Of(PatternNode pattern)
    {
        if (pattern is PatternNode.Alternatives alternatives && alternatives.Parts.Any(p => p is PatternNode.Lookahead or PatternNode.Sequence { Parts: [_, PatternNode.Lookahead, ..] }))
        {
            return alternatives.Parts.Select(Of).Aggregate((x, y) => x.Union(y));
        }

        IReadOnlyList<PatternNode> parts = pattern is PatternNode.Sequence sequence ? sequence.Parts : [pattern];
        if (parts is not [PatternNode.Start, PatternNode.Lookahead, ..])
        {
            return new PatternAutomaton().Compile(pattern);
        }

        int count = parts.Skip(1).TakeWhile(p => p is PatternNode.Lookahead).Count();
        TextAutomaton result = new PatternAutomaton().Compile(new PatternNode.Sequence([parts[0], .. parts.Skip(1 + count)]));
        foreach (PatternNode.Lookahead lookahead in parts.Skip(1).Take(count).Cast<PatternNode.Lookahead>())
        {
            TextAutomaton ahead = Of(new PatternNode.Sequence([parts[0], lookahead.Part]));
            result = lookahead.Negated ? result.Except(ahead) : result.Intersect(ahead);
        }

        return result;
    }

    private TextAutomaton Compile(PatternNode pattern)
    {
        Add();
        _nodes[Accept].Edges.Add((CharacterSet.All, Accept));
        int search = Add();
        _nodes[search].Edges.Add((CharacterSet.All, search));
        _nodes[search].Empty.Add((Kind.Free, Fragment(pattern, Accept)));
        return TextAutomaton.Build(
            Closure([search], atStart: true, atEnd: false),
            Edges,
            set => Closure(set.Nodes, set.AtStart, atEnd: true).Nodes.Contains(Accept));
    }

    private IEnumerable<(int First, int Last, NodeSet Target)> Edges(NodeSet set)
    {
        var edges = new List<(int First, int Last, int Target)>();
        foreach (int node in set.Nodes)
        {
            foreach ((CharacterSet characters, int target) in _nodes[node].Edges)
            {
                edges.AddRange(characters.Ranges.Select(r => (r.First, r.Last, target)));
            }
        }

        // Sweeps over the ends of the ranges, with the targets that are open between two of them.
        int[] cuts = [.. edges.SelectMany(e => new[] { e.First, e.Last + 1 }).Distinct().Order()];
        edges.Sort((x, y) => x.First.CompareTo(y.First));
        var open = new List<(int First, int Last, int Target)>();
        int next = 0;
        var targets = new Dictionary<string, NodeSet>(StringComparer.Ordinal);
        for (int i = 0; i + 1 < cuts.Length; i++)
        {
            open.RemoveAll(e => e.Last < cuts[i]);
            while (next < edges.Count && edges[next].First <= cuts[i])
            {
                open.Add(edges[next++]);
            }

            if (open.Count > 0)
            {
                int[] reached = [.. open.Select(e => e.Target).Distinct().Order()];
                string key = string.Join(',', reached);
                if (!targets.TryGetValue(key, out NodeSet? target))
                {
                    target = Closure(reached, atStart: false, atEnd: false);
                    targets.Add(key, target);
                }

                yield return (cuts[i], cuts[i + 1] - 1, target);
            }
        }
    }

    private NodeSet Closure(IReadOnlyList<int> from, bool atStart, bool atEnd)
    {
        var reached = new SortedSet<int>(from);
        var open = new Stack<int>(from);
        while (open.Count > 0)
        {
            foreach ((Kind kind, int target) in _nodes[open.Pop()].Empty)
            {
                if ((kind == Kind.Free || (kind == Kind.Start && atStart) || (kind == Kind.End && atEnd)) && reached.Add(target))
                {
                    open.Push(target);
                }
            }
        }

        // Once the pattern has matched, whatever follows is of no account.
        return reached.Contains(Accept) ? new NodeSet([Accept], atStart: false) : new NodeSet([.. reached], atStart);
    }

    // Builds the part so that it goes on to a node, and returns where it starts.
    private int Fragment(PatternNode part, int next)
    {
        switch (part)
        {
            case PatternNode.Characters characters:
                int node = Add();
                _nodes[node].Edges.Add((characters.Set, next));
                return node;
            case PatternNode.Sequence sequence:
                for (int i = sequence.Parts.Count - 1; i >= 0; i--)
                {
                    next = Fragment(sequence.Parts[i], next);
                }

                return next;
            case PatternNode.Alternatives alternatives:
                int fork = Add();
                _nodes[fork].Empty.AddRange(alternatives.Parts.Select(p => (Kind.Free, Fragment(p, next))));
                return fork;
            case PatternNode.Repetition repetition:
                return Repeated(repetition, next);
            case PatternNode.Lookahead:
                throw new PatternException("a lookahead that does not follow ^ at the start", isUnsupported: true);
            default:
                int assertion = Add();
                _nodes[assertion].Empty.Add((part is PatternNode.Start ? Kind.Start : Kind.End, next));
                return assertion;
        }
    }

    private int Repeated(PatternNode.Repetition repetition, int next)
    {
        int tail = next;
        if (repetition.Most == int.MaxValue)
        {
            int loop = Add();
            _nodes[loop].Empty.Add((Kind.Free, next));
            _nodes[loop].Empty.Add((Kind.Free, Fragment(repetition.Part, loop)));
            tail = loop;
        }
        else
        {
            for (int i = repetition.Least; i < repetition.Most; i++)
            {
                int optional = Add();
                _nodes[optional].Empty.Add((Kind.Free, next));
                _nodes[optional].Empty.Add((Kind.Free, Fragment(repetition.Part, tail)));
                tail = optional;
            }
        }

        for (int i = 0; i < repetition.Least; i++)
        {
            tail = Fragment(repetition.Part, tail);
        }

        return tail;
    }

    private int Add()
    {
        if (_nodes.Count >= MaxNodes)
        {
            throw new AutomatonTooLargeException();
        }

        _nodes.Add(new Node([], []));
        return _nodes.Count - 1;
    }

    private sealed record Node(List<(CharacterSet Set, int Target)> Edges, List<(Kind Kind, int Target)> Empty);

    private sealed class NodeSet(int[] nodes, bool atStart) : IEquatable<NodeSet>
    {
        public int[] Nodes { get; } = nodes;

        // Only the first set stands at the start of the text.
        public bool AtStart { get; } = atStart;

        public bool Equals(NodeSet? other) => other is not null && AtStart == other.AtStart && Nodes.AsSpan().SequenceEqual(other.Nodes);

        public override bool Equals(object? obj) => Equals(obj as NodeSet);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (int node in Nodes)
            {
                hash.Add(node);
            }

            return hash.ToHashCode();
        }
    }
}
