using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>The documents of a grammar that allows only a few, so that a model can score them all at once instead of writing one.</summary>
internal static class ChoiceSet
{
    /// <summary>The most documents that are scored rather than written.</summary>
    public const int MaxDocuments = 1024;

    /// <summary>Lists all documents, in the schema's order and each once.</summary>
    /// <param name="grammar">The grammar.</param>
    /// <param name="documents">The documents.</param>
    /// <param name="limit">The most documents to list, at least 1.</param>
    /// <returns>Whether there are at most <paramref name="limit"/>; false too where some string, span, number or array has no end of values.</returns>
    public static bool TryEnumerate(JsonGrammar grammar, [NotNullWhen(true)] out IReadOnlyList<string>? documents, int limit = MaxDocuments)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        documents = Values(grammar.Root, limit, JsonGrammar.MaxDepth)?.Select(Encoding.UTF8.GetString).ToArray();
        return documents is not null;
    }

    // Null where there are too many.
    private static List<byte[]>? Values(GrammarNode node, int limit, int budget)
    {
        switch (node)
        {
            case AutomatonNode { Literals: { } literals }:
                return Distinct(literals, limit);
            case StringNode { MaxLength: 0 }:
                return ["\"\""u8.ToArray()];
            case ChoiceNode choice:
                var all = new List<byte[]>();
                foreach (GrammarNode alternative in choice.Alternatives)
                {
                    if (Values(alternative, limit, budget) is not { } values)
                    {
                        return null;
                    }

                    all.AddRange(values);
                }

                return Distinct(all, limit);
            case ObjectNode { IsPlain: true } properties when budget > 0:
                return Objects(properties, limit, budget - 1);
            case ArrayNode { Item: not null } array when budget > 0:
                return Arrays(array, limit, budget - 1);
            case NothingNode:
            case ObjectNode or ArrayNode when budget <= 0:
                return [];
            default:
                return null;
        }
    }

    private static List<byte[]>? Objects(ObjectNode node, int limit, int budget)
    {
        // What is written so far, without the closing brace.
        List<byte[]> written = ["{"u8.ToArray()];
        foreach (ObjectProperty property in node.Properties)
        {
            if (Values(property.Value, limit, budget) is not { } values)
            {
                return null;
            }

            // Also what keeps a value that requires itself from being tried in every combination.
            if (values.Count == 0 && property.Required)
            {
                return [];
            }

            var next = new List<byte[]>();
            foreach (byte[] start in written)
            {
                byte[] separator = start.Length > 1 ? [(byte)','] : [];
                next.AddRange(values.Select(value => (byte[])[.. start, .. separator, .. property.Key, .. value]));
                if (!property.Required)
                {
                    next.Add(start);
                }

                if (next.Count > limit)
                {
                    return null;
                }
            }

            written = next;
        }

        return written.ConvertAll(start => (byte[])[.. start, (byte)'}']);
    }

    private static List<byte[]>? Arrays(ArrayNode node, int limit, int budget)
    {
        var all = new List<byte[]>();
        if (node.MinItems == 0)
        {
            all.Add("[]"u8.ToArray());
        }

        if (node.MaxItems == 0)
        {
            return all;
        }

        if (Values(node.Item!, limit, budget) is not { } items)
        {
            return null;
        }

        List<byte[]> written = ["["u8.ToArray()];
        for (int count = 1; count <= node.MaxItems && written.Count > 0 && items.Count > 0; count++)
        {
            written = [.. written.SelectMany(start => items.Select(item => (byte[])[.. start, .. start.Length > 1 ? ","u8 : [], .. item]))];
            if (count >= node.MinItems)
            {
                all.AddRange(written.Select(start => (byte[])[.. start, (byte)']']));
            }

            if (all.Count > limit || written.Count > limit || count > limit)
            {
                return null;
            }
        }

        return all;
    }

    private static List<byte[]>? Distinct(IReadOnlyList<byte[]> values, int limit)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        List<byte[]> distinct = [.. values.Where(v => seen.Add(Encoding.UTF8.GetString(v)))];
        return distinct.Count <= limit ? distinct : null;
    }
}
