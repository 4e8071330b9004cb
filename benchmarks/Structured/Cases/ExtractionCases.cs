using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>Five documents of tau2's bank, cut to about 600 tokens, with fields to be copied out of them. The fields are spans for this library and plain strings for the others, which do not know spans.</summary>
internal static class ExtractionCases
{
    private const int Count = 5;
    private const int LeastCharacters = 1800;
    private const int MostCharacters = 2400;
    private const string System = "Read the document and answer with JSON: \"subject\", the product or service that it is about; \"condition\", the first condition or requirement that it names; \"procedure\", the first step of a procedure or rule. Copy each word for word from the document.";

    private static readonly string[] Fields = ["subject", "condition", "procedure"];

    internal static IReadOnlyList<StructuredCase> Create()
    {
        string folder = ModelFile.FindShared("data", "tau2-banking", "documents");
        (string Id, string Text)[] documents = [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read).Where(d => d.Text.Length >= LeastCharacters)];
        JsonElement schema = DefaultCases.Schema(new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(Fields.Select(f => KeyValuePair.Create(f, (JsonNode?)new JsonObject { ["type"] = "string", ["x-span"] = true }))),
            ["required"] = new JsonArray([.. Fields.Select(f => JsonValue.Create(f))]),
            ["additionalProperties"] = false,
        });
        return [.. DefaultCases.Spread(documents, Count).Select(d => new StructuredCase($"tau2-{d.Id}", DefaultCases.Extraction, System, Cut(d.Text), schema))];
    }

    private static (string Id, string Text) Read(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        return (document.RootElement.GetProperty("id").GetString()!, $"{document.RootElement.GetProperty("title").GetString()}\n\n{document.RootElement.GetProperty("content").GetString()}");
    }

    /// <summary>The text up to the end of a line, so that no word is cut.</summary>
    private static string Cut(string text)
    {
        int end = text.Length <= MostCharacters ? text.Length : text.LastIndexOf('\n', MostCharacters);
        return text[..(end > 0 ? end : MostCharacters)];
    }
}
