using System.Text;
using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>Grammars for tool calls: <c>{"name":"tool","arguments":{…}}</c>, the arguments by that tool's own schema, whose references stay within it.</summary>
/// <remarks>A tool whose schema describes no properties is called with <c>{}</c>.</remarks>
internal static class ToolCallGrammar
{
    private static readonly GrammarCache Cache = new();

    /// <summary>One call of one of the tools.</summary>
    /// <exception cref="ArgumentException">There is no tool, or two have the same name.</exception>
    /// <exception cref="JsonSchemaException">A tool's schema is not supported or not valid; the message names the tool.</exception>
    public static JsonGrammar One(IReadOnlyList<ToolDeclaration> tools) =>
        Cache.GetOrAdd(Key(tools, 0), () =>
        {
            var builder = new GrammarBuilder();
            return builder.Build(Call(builder, tools));
        });

    /// <summary>An array of at least one call and at most <paramref name="maxCalls"/>.</summary>
    /// <exception cref="ArgumentException">There is no tool, or two have the same name.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxCalls"/> is below 1.</exception>
    /// <exception cref="JsonSchemaException">A tool's schema is not supported or not valid; the message names the tool.</exception>
    public static JsonGrammar Many(IReadOnlyList<ToolDeclaration> tools, int maxCalls)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCalls, 1);
        return Cache.GetOrAdd(Key(tools, maxCalls), () =>
        {
            var builder = new GrammarBuilder();
            return builder.Build(builder.Add(new ArrayNode(Call(builder, tools), 1, maxCalls)));
        });
    }

    private static ChoiceNode Call(GrammarBuilder builder, IReadOnlyList<ToolDeclaration> tools)
    {
        var calls = new List<GrammarNode>();
        foreach (ToolDeclaration tool in tools)
        {
            AutomatonNode name = builder.Literals([JsonText.String(tool.Name)], "#");
            GrammarNode arguments = Arguments(builder, tool);
            calls.Add(builder.Object([new("\"name\":"u8.ToArray(), name, true), new("\"arguments\":"u8.ToArray(), arguments, true)], "#"));
        }

        return builder.Add(new ChoiceNode { Alternatives = [.. calls] });
    }

    private static GrammarNode Arguments(GrammarBuilder builder, ToolDeclaration tool)
    {
        if (IsWithoutProperties(tool.Parameters))
        {
            return builder.Object([], "#");
        }

        try
        {
            GrammarNode node = SchemaCompiler.CompileInto(builder, tool.Parameters, SchemaTypes.Object);

            // Built once more by itself, so that an impossible schema is laid to the tool that has it.
            var alone = new GrammarBuilder();
            alone.Build(SchemaCompiler.CompileInto(alone, tool.Parameters, SchemaTypes.Object));
            return node;
        }
        catch (UnsupportedSchemaException e)
        {
            throw new UnsupportedSchemaException(e.Keyword, e.JsonPointer, $"The parameters of the tool '{tool.Name}': {e.Message}");
        }
        catch (InvalidSchemaException e)
        {
            throw new InvalidSchemaException(e.JsonPointer, $"The parameters of the tool '{tool.Name}': {e.Message}");
        }
    }

    // {}, {"type":"object"} and the like: as parameters they say that there are none.
    private static bool IsWithoutProperties(JsonElement parameters)
    {
        if (parameters.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.True)
        {
            return true;
        }

        string[] substance = ["properties", "$ref", "anyOf", "enum", "const", "additionalProperties", "required"];
        if (parameters.ValueKind != JsonValueKind.Object || Array.Exists(substance, k => parameters.TryGetProperty(k, out _)))
        {
            return false;
        }

        // Reads the keywords, so that one that is not supported is refused here too.
        return new SchemaKeywords(parameters, "#").Types.HasFlag(SchemaTypes.Object);
    }

    private static string Key(IReadOnlyList<ToolDeclaration> tools, int maxCalls)
    {
        ArgumentNullException.ThrowIfNull(tools);
        if (tools.Count == 0)
        {
            throw new ArgumentException("There is no tool; at least one is needed.", nameof(tools));
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var key = new StringBuilder().Append(maxCalls);
        foreach (ToolDeclaration tool in tools)
        {
            ArgumentNullException.ThrowIfNull(tool.Name, nameof(tools));
            if (!names.Add(tool.Name))
            {
                throw new ArgumentException($"Two tools are named '{tool.Name}'; each name is accepted once.", nameof(tools));
            }

            string schema = tool.Parameters.ValueKind == JsonValueKind.Undefined ? "" : tool.Parameters.GetRawText();
            key.Append('\n').Append(tool.Name.Length).Append(':').Append(tool.Name).Append(schema.Length).Append(':').Append(schema);
        }

        return key.ToString();
    }
}
