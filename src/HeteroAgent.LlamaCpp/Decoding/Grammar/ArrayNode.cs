namespace HeteroAgent.LlamaCpp;

/// <summary>An array whose items are all alike, with between <paramref name="minItems"/> and <paramref name="maxItems"/> of them; <see cref="int.MaxValue"/> is no bound.</summary>
internal sealed class ArrayNode(GrammarNode item, int minItems, int maxItems) : GrammarNode
{
    private const int CloseOnly = 1;
    private const int AfterItem = 2;

    /// <summary>The items.</summary>
    public GrammarNode Item { get; private set; } = item;

    /// <summary>The fewest items.</summary>
    public int MinItems { get; } = minItems;

    /// <summary>The most items.</summary>
    public int MaxItems { get; } = maxItems;

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
        switch (at.State)
        {
            case 0 when next == '[':
                if (MinItems == 0)
                {
                    output.Add(new Position(this, CloseOnly, 0, 0, at.Rest));
                }

                AddItem(at, 1, context, output);
                break;
            case CloseOnly when next == ']':
            case AfterItem when next == ']' && at.Count >= MinItems:
                Leave(at, output);
                break;
            case AfterItem when next == ',':
                AddItem(at, at.Count + 1, context, output);
                break;
        }
    }

    public override int MinimumOwn(in Position at, GrammarContext context)
    {
        if (at.State == 0)
        {
            return context.Shortest(this, at.Rest);
        }

        int missing = at.State == CloseOnly ? 0 : Math.Max(0, MinItems - at.Count);
        return missing == 0 ? 1 : Lengths.Add(1, Lengths.Multiply(missing, Lengths.Add(1, context.ShortestInside(Item, at.Rest))));
    }

    public override int ShortestValue(int budget, MinimumTable table) =>
        budget == 0 ? Lengths.Infinite
        : MinItems == 0 ? 2
        : Lengths.Add(1, Lengths.Multiply(MinItems, Lengths.Add(1, table[Item, budget - 1])));

    public override void Resolve(Func<GrammarNode, GrammarNode> resolve) => Item = resolve(Item);

    private void AddItem(in Position at, int count, GrammarContext context, PositionList output)
    {
        if (count > MaxItems && MaxItems != int.MaxValue)
        {
            return;
        }

        if (context.ShortestInside(Item, at.Rest) < Lengths.Infinite)
        {
            int counted = MaxItems == int.MaxValue ? Math.Min(count, MinItems) : count;
            var rest = Continuation.Inside(new Position(this, AfterItem, counted, 0, at.Rest), context);
            output.Add(Position.Start(Item, rest));
        }
    }
}
