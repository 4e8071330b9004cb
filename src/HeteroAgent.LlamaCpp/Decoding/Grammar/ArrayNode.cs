namespace HeteroAgent.LlamaCpp;

/// <summary>An array: first items of their own, then items that are all alike, a bounded number of each kind. <see cref="int.MaxValue"/> is no bound.</summary>
/// <remarks>The count of a place is the number of items so far, its extra the number of those that count.</remarks>
internal sealed class ArrayNode : GrammarNode
{
    private const int CloseOnly = 1;
    private const int AfterItem = 2;

    private readonly ArrayItem[] _prefix;
    private readonly int _leastCounted;
    private readonly int _mostCounted;
    private ArrayItem? _rest;

    /// <summary>An array of items that are all alike.</summary>
    public ArrayNode(GrammarNode item, int minItems, int maxItems)
        : this([], new ArrayItem(item, null), minItems, maxItems, 0, int.MaxValue)
    {
    }

    /// <summary>An array.</summary>
    /// <param name="prefix">The first items.</param>
    /// <param name="rest">The others, or null where there are none.</param>
    /// <param name="minItems">The fewest items.</param>
    /// <param name="maxItems">The most items.</param>
    /// <param name="leastCounted">The fewest items that count.</param>
    /// <param name="mostCounted">The most items that count.</param>
    public ArrayNode(IReadOnlyList<ArrayItem> prefix, ArrayItem? rest, int minItems, int maxItems, int leastCounted, int mostCounted)
    {
        _prefix = [.. prefix];
        _rest = rest;
        MinItems = minItems;
        MaxItems = maxItems;
        _leastCounted = leastCounted;
        _mostCounted = mostCounted;
    }

    /// <summary>The items where they are all alike and none counts, or null.</summary>
    public GrammarNode? Item => _prefix.Length == 0 && _leastCounted == 0 && _mostCounted == int.MaxValue ? _rest?.Plain : null;

    /// <summary>The items that an array may have, of whatever kind.</summary>
    public IEnumerable<GrammarNode> Items => _prefix.Append(_rest ?? default).SelectMany(i => new[] { i.Plain, i.Counted }).OfType<GrammarNode>();

    /// <summary>The fewest items.</summary>
    public int MinItems { get; }

    /// <summary>The most items.</summary>
    public int MaxItems { get; }

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
        switch (at.State)
        {
            case 0 when next == '[':
                if (MinItems == 0 && _leastCounted == 0)
                {
                    output.Add(new Position(this, CloseOnly, 0, 0, at.Rest));
                }

                AddItem(at, 0, 0, context, output);
                break;
            case CloseOnly when next == ']':
            case AfterItem when next == ']' && at.Count >= MinItems && at.Extra >= _leastCounted:
                Leave(at, output);
                break;
            case AfterItem when next == ',':
                AddItem(at, at.Count, at.Extra, context, output);
                break;
        }
    }

    public override int MinimumOwn(in Position at, GrammarContext context)
    {
        if (at.State == 0)
        {
            return context.Shortest(this, at.Rest);
        }

        if (at.State == CloseOnly || (at.Count >= MinItems && at.Extra >= _leastCounted))
        {
            return 1;
        }

        return Lengths.Add(1, Missing(at.Count, at.Extra, context.Inside(at.Rest)));
    }

    public override int ShortestValue(int budget, MinimumTable table)
    {
        if (budget == 0)
        {
            return Lengths.Infinite;
        }

        int items = Missing(0, 0, new ValueLengths(table, budget - 1));

        // Every item brings a comma, of which the first has none.
        return items == 0 ? 2 : Lengths.Add(1, items);
    }

    public override void Resolve(Func<GrammarNode, GrammarNode> resolve)
    {
        for (int i = 0; i < _prefix.Length; i++)
        {
            _prefix[i] = Resolved(_prefix[i], resolve);
        }

        _rest = _rest is { } rest ? Resolved(rest, resolve) : null;
    }

    private static ArrayItem Resolved(ArrayItem item, Func<GrammarNode, GrammarNode> resolve) =>
        new(item.Plain is null ? null : resolve(item.Plain), item.Counted is null ? null : resolve(item.Counted));

    private ArrayItem? At(int index) => index < _prefix.Length ? _prefix[index] : _rest;

    private void AddItem(in Position at, int count, int counted, GrammarContext context, PositionList output)
    {
        if ((MaxItems != int.MaxValue && count >= MaxItems) || At(count) is not { } item)
        {
            return;
        }

        Add(at, item.Plain, count + 1, counted, context, output);
        if (counted < _mostCounted)
        {
            Add(at, item.Counted, count + 1, counted + 1, context, output);
        }
    }

    private void Add(in Position at, GrammarNode? node, int count, int counted, GrammarContext context, PositionList output)
    {
        if (node is null || context.ShortestInside(node, at.Rest) >= Lengths.Infinite)
        {
            return;
        }

        // Counts that no bound asks for any more are not told apart.
        int kept = MaxItems == int.MaxValue ? Math.Min(count, Math.Max(MinItems, _prefix.Length)) : count;
        var after = new Position(this, AfterItem, kept, _mostCounted == int.MaxValue ? Math.Min(counted, _leastCounted) : counted, at.Rest);
        if (after.Minimum(context) < Lengths.Infinite)
        {
            output.Add(Position.Start(node, Continuation.Inside(after, context)));
        }
    }

    // The bytes of the items, each with its comma, that an array of so many items still lacks.
    private int Missing(int count, int counted, ValueLengths lengths)
    {
        if (count >= MinItems && counted >= _leastCounted)
        {
            return 0;
        }

        if ((MaxItems != int.MaxValue && count >= MaxItems) || At(count) is not { } item)
        {
            return Lengths.Infinite;
        }

        int plain = item.Plain is null ? Lengths.Infinite : Lengths.Add(1, lengths[item.Plain]);
        int counting = item.Counted is null || counted >= _mostCounted ? Lengths.Infinite : Lengths.Add(1, lengths[item.Counted]);
        if (count < _prefix.Length)
        {
            return Math.Min(
                Lengths.Add(plain, plain < Lengths.Infinite ? Missing(count + 1, counted, lengths) : 0),
                Lengths.Add(counting, counting < Lengths.Infinite ? Missing(count + 1, counted + 1, lengths) : 0));
        }

        int needed = Math.Max(0, _leastCounted - counted);
        int more = Math.Max(0, MinItems - count - needed);
        if (MaxItems != int.MaxValue && count + needed > MaxItems)
        {
            return Lengths.Infinite;
        }

        // Of the items that need not count as many as may can be of the shorter kind.
        int shorter = counting < plain ? (int)Math.Min(more, (long)_mostCounted - counted - needed) : 0;
        int rest = Lengths.Add(shorter == 0 ? 0 : Lengths.Multiply(shorter, counting), more - shorter == 0 ? 0 : Lengths.Multiply(more - shorter, plain));
        return Lengths.Add(needed == 0 ? 0 : Lengths.Multiply(needed, counting), rest);
    }
}
