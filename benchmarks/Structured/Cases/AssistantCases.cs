using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Starter;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>The assistant sample's tool calls: its seven tools, its instructions, and ten of its validation requests.</summary>
internal static class AssistantCases
{
    private const int Count = 10;

    internal static async Task<IReadOnlyList<StructuredCase>> CreateAsync()
    {
        using ExtractiveModel starter = await StarterModel.LoadAsync().ConfigureAwait(false);
        AIFunctionDeclaration[] tools = [.. new ToolCatalog(starter.Tools).Tools.Cast<AIFunctionDeclaration>()];
        JsonElement schema = Calls(tools);
        string[] requests = [.. File.ReadLines(Path.Combine(ModelFile.Repository(), "samples", "Assistant", "data", "snips-validation.jsonl")).Select(Request)];
        return [.. DefaultCases.Spread(requests, Count).Select((request, i) =>
        {
            string instructions = $"{ToolCatalog.Messages(request)[0].Text} The tools:\n{string.Join('\n', tools.Select(Describe))}\nAnswer with {{\"name\":<tool>,\"arguments\":{{<parameter>:<value>}}}}.";
            return new StructuredCase($"assistant-{i}", DefaultCases.Assistant, instructions, request, schema);
        })];
    }

    /// <summary>The schema of one call of one of the tools, in the form in which the library writes tool calls.</summary>
    private static JsonElement Calls(AIFunctionDeclaration[] tools) => DefaultCases.Schema(new JsonObject
    {
        ["anyOf"] = new JsonArray([.. tools.Select(tool => (JsonNode)new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["name"] = new JsonObject { ["const"] = tool.Name },
                ["arguments"] = JsonNode.Parse(tool.JsonSchema.GetRawText()),
            },
            ["required"] = new JsonArray("name", "arguments"),
            ["additionalProperties"] = false,
        })]),
    });

    /// <summary>A tool in one line: the schema itself would make a prompt of more than a thousand tokens.</summary>
    private static string Describe(AIFunctionDeclaration tool) =>
        $"{tool.Name}({string.Join(", ", tool.JsonSchema.GetProperty("properties").EnumerateObject().Select(p => p.Name))}): {tool.Description}";

    private static string Request(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty("request").GetString()!;
    }
}
