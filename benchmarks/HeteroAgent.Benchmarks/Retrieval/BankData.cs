using System.Text.Json;

namespace HeteroAgent.Benchmarks;

/// <summary>The documents and tasks of tau2-bench's bank.</summary>
internal static class BankData
{
    internal sealed record BankTask(string Id, string Query, IReadOnlySet<string> Required);

    internal static IReadOnlyList<SourceDocument> Documents() =>
        [.. Directory.EnumerateFiles(Path.Combine(Folder(), "documents"), "*.json").Order(StringComparer.Ordinal).Select(static file =>
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
            return new SourceDocument(Text(json.RootElement, "id"), Text(json.RootElement, "title"), Text(json.RootElement, "content"));
        })];

    internal static IReadOnlyList<BankTask> Tasks()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder(), "tasks.json")));
        return [.. json.RootElement.EnumerateArray().Select(static t => new BankTask(
            t.GetProperty("id").ToString(),
            Text(t.GetProperty("user_scenario"), "instructions"),
            t.GetProperty("required_documents").EnumerateArray().Select(static d => d.GetString()!).ToHashSet(StringComparer.Ordinal)))];
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static string Folder() => Path.GetDirectoryName(ModelFile.FindShared("data", "tau2-banking", "tasks.json"))!;
}
