namespace HeteroAgent.LlamaCpp;

/// <summary>Finds out why a grammar allows no document.</summary>
internal static class Unsatisfiable
{
    /// <summary>The place and the reason, for a value that cannot be finished.</summary>
    public static (string Pointer, string Reason) Find(GrammarNode node, GrammarContext context, Continuation rest) =>
        Find(node, n => !context.CanStart(n, rest), []);

    /// <summary>The place and the reason, for a value that cannot be finished however deep it goes.</summary>
    public static (string Pointer, string Reason) Find(GrammarNode node, MinimumTable table) =>
        Find(node, n => table[n, JsonGrammar.MaxDepth] >= Lengths.Infinite, []);

    private static (string Pointer, string Reason) Find(GrammarNode node, Func<GrammarNode, bool> isImpossible, HashSet<GrammarNode> visited)
    {
        if (!visited.Add(node))
        {
            return (node.Pointer, "The schema requires itself without an end: no finite document satisfies it. Make the recursion optional, nullable or an array that may be empty.");
        }

        GrammarNode? cause = node switch
        {
            ChoiceNode choice => choice.Alternatives.FirstOrDefault(isImpossible),
            ArrayNode array => array.Items.FirstOrDefault(isImpossible),
            ObjectNode properties => properties.Properties.FirstOrDefault(p => p.Required && isImpossible(p.Value))?.Value,
            _ => null,
        };
        return cause is not null
            ? Find(cause, isImpossible, visited)
            : (node.Pointer, node switch
            {
                NothingNode nothing => nothing.Reason,
                ChoiceNode { Alternatives.Length: 0 } => "The schema refers to nothing but itself: no document satisfies it.",
                _ => $"No document satisfies the schema: it would be too long, or nest deeper than {JsonGrammar.MaxDepth} containers.",
            });
    }
}
