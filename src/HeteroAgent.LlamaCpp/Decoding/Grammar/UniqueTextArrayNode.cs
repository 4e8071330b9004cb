namespace HeteroAgent.LlamaCpp;

/// <summary>
/// An array without repetitions whose items are texts of finite automata in which no two texts mean the same value. What was
/// written before is held by the places themselves (<see cref="UniqueItemNode"/>).
/// </summary>
internal sealed class UniqueTextArrayNode : GrammarNode
{
    private const int CloseOnly = 1;

    private readonly ByteAutomaton[] _items;
    private readonly int[] _missing;

    /// <summary>Creates the node.</summary>
    /// <param name="items">What an item may be.</param>
    /// <param name="minItems">The fewest items.</param>
    /// <param name="maxItems">The most items; <see cref="int.MaxValue"/> is no bound.</param>
    public UniqueTextArrayNode(IReadOnlyList<ByteAutomaton> items, int minItems, int maxItems)
    {
        _items = [.. items];
        MinItems = minItems;
        MaxItems = maxItems;
        _missing = _items.Select(a => Missing(a.ShortestTexts(minItems))).MinBy(m => m[0])!;
    }

    /// <summary>The fewest items.</summary>
    public int MinItems { get; }

    /// <summary>The most items.</summary>
    public int MaxItems { get; }

    /// <summary>The automata of an item.</summary>
    public IReadOnlyList<ByteAutomaton> Items => _items;

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
        if (at.State == CloseOnly)
        {
            if (next == ']')
            {
                Leave(at, output);
            }
        }
        else if (next == '[')
        {
            if (MinItems == 0)
            {
                output.Add(new Position(this, CloseOnly, 0, 0, at.Rest));
            }

            if (MaxItems > 0)
            {
                new UniqueItemNode(this, []).Add(at.Rest, output);
            }
        }
    }

    public override int MinimumOwn(in Position at, GrammarContext context) => at.State == CloseOnly ? 1 : context.Shortest(this, at.Rest);

    // The brackets, and each item with its comma, of which the first has none.
    public override int ShortestValue(int budget, MinimumTable table) =>
        budget == 0 ? Lengths.Infinite : MinItems == 0 ? 2 : Lengths.Add(1, MissingAfter(0));

    /// <summary>Enough bytes for the items, each with its comma, that an array of so many still lacks, whatever these are.</summary>
    public int MissingAfter(int count) => _missing[Math.Min(count, MinItems)];

    // Of the shortest texts one more than were used always has one that was not.
    private static int[] Missing(int[] shortest)
    {
        var missing = new int[shortest.Length + 1];
        for (int i = shortest.Length - 1; i >= 0; i--)
        {
            missing[i] = Lengths.Add(missing[i + 1], Lengths.Add(1, shortest[i]));
        }

        return missing;
    }
}
