using System.Numerics;

namespace HeteroAgent.LlamaCpp;

/// <summary>An array without repetitions whose items are of a list of at most 31 values. The extra of a place holds a bit for each value used.</summary>
internal sealed class UniqueArrayNode(IReadOnlyList<AutomatonNode> items, int minItems, int maxItems) : GrammarNode
{
    private const int CloseOnly = 1;
    private const int AfterItem = 2;

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
        switch (at.State)
        {
            case 0 when next == '[':
                if (minItems == 0)
                {
                    output.Add(new Position(this, CloseOnly, 0, 0, at.Rest));
                }

                AddItems(at, context, output);
                break;
            case CloseOnly when next == ']':
            case AfterItem when next == ']' && BitOperations.PopCount((uint)at.Extra) >= minItems:
                Leave(at, output);
                break;
            case AfterItem when next == ',':
                AddItems(at, context, output);
                break;
        }
    }

    public override int MinimumOwn(in Position at, GrammarContext context)
    {
        if (at.State == 0)
        {
            return context.Shortest(this, at.Rest);
        }

        return at.State == CloseOnly ? 1 : Lengths.Add(1, Missing(at.Extra, context.Inside(at.Rest)));
    }

    public override int ShortestValue(int budget, MinimumTable table) =>
        budget == 0 ? Lengths.Infinite
        : minItems == 0 ? 2
        : Lengths.Add(1, Missing(0, new ValueLengths(table, budget - 1)));

    private void AddItems(in Position at, GrammarContext context, PositionList output)
    {
        if (BitOperations.PopCount((uint)at.Extra) >= maxItems)
        {
            return;
        }

        for (int i = 0; i < items.Count; i++)
        {
            int used = at.Extra | (1 << i);
            if (used != at.Extra)
            {
                output.Add(Position.Start(items[i], Continuation.Inside(new Position(this, AfterItem, 0, used, at.Rest), context)));
            }
        }
    }

    private int Missing(int used, ValueLengths lengths)
    {
        int count = minItems - BitOperations.PopCount((uint)used);
        if (count <= 0)
        {
            return 0;
        }

        int[] shortest = [.. items.Where((_, i) => (used >> i & 1) == 0).Select(i => lengths[i] + 1).Order().Take(count)];
        return shortest.Length < count ? Lengths.Infinite : shortest.Sum();
    }
}
