using System.Text.Json;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Short ways to schemas.</summary>
internal static class Schemas
{
    public static JsonElement Parse(string schema)
    {
        using var document = JsonDocument.Parse(schema);
        return document.RootElement.Clone();
    }

    public static JsonGrammar Compile(string schema) => JsonGrammar.Compile(Parse(schema));
}
