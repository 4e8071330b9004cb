using System.Text.Json.Nodes;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>Ten test messages of BANKING77, to be classified as one of its 77 intents.</summary>
internal static class ClassificationCases
{
    private const int Count = 10;

    internal static IReadOnlyList<StructuredCase> Create()
    {
        IntentSet set = IntentSet.Banking77();
        string[] labels = [.. set.Train.Select(row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        JsonObject schema = new() { ["type"] = "string", ["enum"] = new JsonArray([.. labels.Select(l => JsonValue.Create(l))]) };
        string system = $"Classify the message of a bank's customer. Answer with one of these intents as a JSON string: {string.Join(", ", labels)}";
        return [.. DefaultCases.Spread(set.Test, Count).Select((row, i) =>
            new StructuredCase($"banking77-{i}", DefaultCases.Classification, system, row.Text, DefaultCases.Schema(schema)))];
    }
}
