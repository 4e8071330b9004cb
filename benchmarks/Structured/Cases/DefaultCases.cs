using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>The cases that are measured where none are named: four kinds of narrow work on public data, or a few made-up ones where the data is absent.</summary>
internal static class DefaultCases
{
    internal const string Assistant = "assistant";
    internal const string Functions = "bfcl";
    internal const string Classification = "banking77";
    internal const string Extraction = "tau2";

    /// <param name="limit">The most cases of each set; null for so many that all of them take less than eight minutes.</param>
    internal static async Task<IReadOnlyList<StructuredCase>> CreateAsync(int? limit)
    {
        IReadOnlyList<StructuredCase> all = await CreateAllAsync().ConfigureAwait(false);
        return [.. all.GroupBy(c => c.Set).SelectMany(set => Spread([.. set], limit ?? (set.Key switch { Functions => 10, Extraction => 3, _ => 4 })))];
    }

    private static async Task<IReadOnlyList<StructuredCase>> CreateAllAsync()
    {
        IReadOnlyList<StructuredCase> assistant = await AssistantCases.CreateAsync().ConfigureAwait(false);
        try
        {
            return [.. assistant, .. FunctionCases.Create(), .. ClassificationCases.Create(), .. ExtractionCases.Create()];
        }
        catch (FileNotFoundException e)
        {
            Console.Error.WriteLine($"{e.Message} Three made-up cases stand in for the public data.");
            return [.. assistant, .. EmbeddedCases.Create()];
        }
    }

    internal static JsonElement Schema(JsonObject schema)
    {
        using JsonDocument document = JsonDocument.Parse(schema.ToJsonString());
        return document.RootElement.Clone();
    }

    /// <summary>Some elements spread evenly over a list, which may be sorted.</summary>
    internal static IEnumerable<T> Spread<T>(IReadOnlyList<T> all, int count) =>
        Enumerable.Range(0, Math.Min(count, all.Count)).Select(i => all[(int)((long)i * all.Count / Math.Min(count, all.Count))]);
}
