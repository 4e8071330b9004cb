using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>Finds out how the calls that a model can make are written under a caller's JSON schema.</summary>
internal static class AnswerShapeReader
{
    /// <summary>The shape of one tool that the caller offers with the schema of its arguments.</summary>
    internal static AnswerShape ReadTool(ExtractionSchema schema, int tool, JsonElement parameters)
    {
        SchemaNode node = new(parameters);
        if (!node.HasProperties)
        {
            return new AnswerShape(tool, AnswerShape.Slots(schema.Tools[tool]));
        }

        List<(string Name, bool Required)> missing = [];
        List<AnswerMember> members = ReadMembers(schema, tool, node, nested: true, missing);
        return missing.Find(m => m.Required) is { Name: { } required }
            ? throw new ExtractionException(ExtractionFailure.UnservableSchema, $"The tool '{schema.Tools[tool].Name}' requires '{required}', which is no string slot of this model. Its slots are {string.Join(", ", schema.Tools[tool].AllSlots)}.")
            : new AnswerShape(tool, members);
    }

    /// <summary>The shapes of the tools whose calls a response schema can hold.</summary>
    /// <param name="schema">The model's tools.</param>
    /// <param name="response">The response schema.</param>
    /// <param name="name">Its name; a tool of that name is preferred.</param>
    /// <exception cref="ExtractionException">It can hold none of them.</exception>
    internal static AnswerShape[] ReadResponse(ExtractionSchema schema, JsonElement response, string? name)
    {
        List<AnswerShape> shapes = [];
        SortedSet<string> foreign = new(StringComparer.Ordinal);
        foreach (SchemaNode alternative in new SchemaNode(response).Alternatives())
        {
            for (int tool = 0; tool < schema.Tools.Count; tool++)
            {
                List<(string Name, bool Required)> missing = [];
                List<AnswerMember> members = ReadMembers(schema, tool, alternative, nested: false, missing);

                // Where the answer names the tool, slots of the other tools may stand beside its own.
                bool namesTool = members.Any(m => m is AnswerMember.Tool);
                bool serves = members.Count > 0 && !missing.Any(m => m.Required || !namesTool);
                if (serves && shapes.All(s => s.Tool != tool))
                {
                    shapes.Add(new AnswerShape(tool, members));
                }

                foreign.UnionWith(missing.Select(m => m.Name));
            }
        }

        AnswerShape[] named = [.. shapes.Where(s => SameName(schema.Tools[s.Tool].Name, name))];
        return named.Length > 0 ? named
            : shapes.Count > 0 ? [.. shapes]
            : throw new ExtractionException(
                ExtractionFailure.UnservableSchema,
                $"The JSON schema{(name is null ? "" : $" '{name}'")} cannot be answered by labelling words: {(foreign.Count == 0 ? "it has no properties" : $"no tool has slots for all of its properties (among them {string.Join(", ", foreign.Take(5))})")}. The tools and slots are {Describe(schema)}.");
    }

    internal static string Describe(ExtractionSchema schema) => string.Join("; ", schema.Tools.Select(t => $"{t.Name}({string.Join(", ", t.AllSlots)})"));

    /// <summary>Whether two names are the same but for case, underscores and hyphens, as when a slot becomes a property of a type.</summary>
    internal static bool SameName(string slot, string? property) => property is not null && Plain(slot).Equals(Plain(property), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);

    private static List<AnswerMember> ReadMembers(ExtractionSchema schema, int tool, SchemaNode node, bool nested, List<(string Name, bool Required)> missing)
    {
        string toolName = schema.Tools[tool].Name;
        IReadOnlyList<string> slots = schema.Tools[tool].AllSlots;
        List<AnswerMember> members = [];
        foreach ((string name, SchemaNode property) in node.Properties())
        {
            int slot = FindSlot(slots, name);
            if (slot >= 0 && property.AllowsString)
            {
                members.Add(new AnswerMember.Slot(name, slots[slot], node.Requires(name) && property.AllowsNull, property.Choices()));
            }
            else if (!nested && property.Choices().FirstOrDefault(c => SameName(toolName, c)) is { } choice)
            {
                members.Add(new AnswerMember.Tool(name, choice));
            }
            else if (!nested && name == "tool" && property.AllowsString && property.Choices().Count == 0)
            {
                members.Add(new AnswerMember.Tool(name, toolName));
            }
            else if (!nested && property.HasProperties)
            {
                members.Add(new AnswerMember.Nested(name, ReadMembers(schema, tool, property, nested: true, missing)));
            }
            else
            {
                missing.Add((name, node.Requires(name)));
            }
        }

        return members;
    }

    private static int FindSlot(IReadOnlyList<string> slots, string property)
    {
        int same = -1;
        for (int s = 0; s < slots.Count; s++)
        {
            if (slots[s] == property)
            {
                return s;
            }

            same = same < 0 && SameName(slots[s], property) ? s : same;
        }

        return same;
    }
}
