namespace HeteroAgent.LlamaCpp;

/// <summary>
/// The bytes of each node's shortest value, by how many containers may still be opened. Computed level by level: a value that
/// may open n + 1 of them is made of values that may open n. The levels stop where nothing changes any more.
/// </summary>
internal sealed class MinimumTable
{
    private readonly List<int[]> _levels = [];

    /// <summary>Computes the table.</summary>
    /// <param name="nodes">The grammar's nodes by id.</param>
    /// <param name="spans">The words of the span source, for a grammar that has spans.</param>
    public MinimumTable(IReadOnlyList<GrammarNode> nodes, SpanIndex? spans)
    {
        Spans = spans;
        for (int budget = 0; budget <= JsonGrammar.MaxDepth; budget++)
        {
            var level = new int[nodes.Count];
            _levels.Add(level);
            for (int pass = 0; pass < 2; pass++)
            {
                // Choices last: they look at the others on the same level.
                foreach (GrammarNode node in nodes)
                {
                    if (node is ChoiceNode == (pass == 1))
                    {
                        level[node.Id] = node.ShortestValue(budget, this);
                    }
                }
            }

            if (budget > 0 && level.AsSpan().SequenceEqual(_levels[budget - 1]))
            {
                break;
            }
        }
    }

    /// <summary>The words of the span source, or null.</summary>
    public SpanIndex? Spans { get; }

    /// <summary>The bytes of a node's shortest value, or <see cref="Lengths.Infinite"/>.</summary>
    public int this[GrammarNode node, int budget] =>
        budget < 0 ? Lengths.Infinite : _levels[Math.Min(budget, _levels.Count - 1)][node.Id];
}
