using System.Text.Json;
using System.Text.Json.Nodes;
using HeteroAgent.Cli;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>SNIPS as examples for every kind of specialist. The requests held out for choices are left out of training.</summary>
internal static class SnipsRequests
{
    private const string Instruction = "Turn the request into a tool call.";

    internal static IReadOnlyList<ExtractiveExample> Training() => SnipsData.ReadTraining(Folder, SnipsData.ReadRequests(ModelFile.FindShared("models", "starter", "dev.json")));

    internal static IReadOnlyList<ExtractiveExample> Validation() => SnipsData.ReadValidation(Folder);

    /// <summary>The first examples of each tool after a shuffle with a seed.</summary>
    internal static IReadOnlyList<ExtractiveExample> PerTool(int count, int seed) =>
        [.. Training().GroupBy(e => e.Tool, StringComparer.Ordinal).SelectMany(g =>
        {
            ExtractiveExample[] shuffled = [.. g.DistinctBy(e => e.Request)];
            new Random(seed).Shuffle(shuffled);
            return shuffled.Take(count);
        })];

    /// <summary>The examples as conversations whose answer is written as JSON.</summary>
    internal static TuningSet Conversations(IEnumerable<ExtractiveExample> examples) => TuningSet.FromExamples(examples.Select(e => new TuningExample(
    [
        new ChatMessage(ChatRole.System, Instruction),
        new ChatMessage(ChatRole.User, e.Request),
        new ChatMessage(ChatRole.Assistant, Answer(e)),
    ])));

    /// <summary>The schema of a call: one of the tools, each argument a span of the request.</summary>
    internal static JsonElement Schema(ExtractionSchema schema)
    {
        JsonArray tools = [];
        foreach (ExtractiveTool tool in schema.Tools)
        {
            JsonObject arguments = [];
            foreach (string slot in tool.Slots)
            {
                arguments[slot] = new JsonObject { ["type"] = "string", ["x-span"] = true };
            }

            tools.Add(new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["tool"] = new JsonObject { ["const"] = tool.Name },
                    ["args"] = new JsonObject { ["type"] = "object", ["properties"] = arguments, ["additionalProperties"] = false },
                },
                ["required"] = new JsonArray("tool", "args"),
                ["additionalProperties"] = false,
            });
        }

        return JsonDocument.Parse(new JsonObject { ["anyOf"] = tools }.ToJsonString()).RootElement;
    }

    private static string Folder => ModelFile.FindShared("data", "snips");

    private static string Answer(ExtractiveExample example)
    {
        JsonObject arguments = [];
        foreach (SlotSpan span in example.Spans.OrderBy(s => s.Slot, StringComparer.Ordinal).DistinctBy(s => s.Slot))
        {
            arguments[span.Slot] = example.Value(span);
        }

        return new JsonObject { ["tool"] = example.Tool, ["args"] = arguments }.ToJsonString();
    }
}
