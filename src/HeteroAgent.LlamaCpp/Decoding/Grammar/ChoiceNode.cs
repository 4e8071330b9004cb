namespace HeteroAgent.LlamaCpp;

/// <summary>One of several values. It also stands in for a schema that is still being compiled, which is how recursion is tied.</summary>
internal sealed class ChoiceNode : GrammarNode
{
    /// <summary>The values; after the grammar is compiled none of them is itself a choice.</summary>
    public GrammarNode[] Alternatives { get; set; } = [];

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
        foreach (GrammarNode alternative in Alternatives)
        {
            if (context.CanStart(alternative, at.Rest))
            {
                alternative.Step(Position.Start(alternative, at.Rest), next, context, output);
            }
        }
    }

    public override int MinimumOwn(in Position at, GrammarContext context) => context.Shortest(this, at.Rest);

    public override int ShortestValue(int budget, MinimumTable table)
    {
        int least = Lengths.Infinite;
        foreach (GrammarNode alternative in Alternatives)
        {
            least = Math.Min(least, table[alternative, budget]);
        }

        return least;
    }

    public override void Resolve(Func<GrammarNode, GrammarNode> resolve)
    {
        var leaves = new List<GrammarNode>();
        Collect(this, leaves, []);
        Alternatives = [.. leaves];
    }

    /// <summary>The values that are reached through choices alone, each once, in order.</summary>
    public static void Collect(ChoiceNode choice, List<GrammarNode> leaves, HashSet<GrammarNode> visited)
    {
        if (!visited.Add(choice))
        {
            return;
        }

        foreach (GrammarNode alternative in choice.Alternatives)
        {
            if (alternative is ChoiceNode inner)
            {
                Collect(inner, leaves, visited);
            }
            else if (visited.Add(alternative))
            {
                leaves.Add(alternative);
            }
        }
    }
}
