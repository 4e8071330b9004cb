using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>A schema at its place in a document.</summary>
internal sealed class SchemaSite(int id, JsonElement schema, string pointer)
{
    /// <summary>The number of the schema in its document.</summary>
    public int Id { get; } = id;

    /// <summary>The schema.</summary>
    public JsonElement Schema { get; } = schema;

    /// <summary>Where it stands, as a JSON Pointer in URI fragment form.</summary>
    public string Pointer { get; } = pointer;

    /// <summary>What the schema says of every value alike, or null.</summary>
    public bool? Constant => Schema.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Object when !Schema.EnumerateObject().Any() => true,
        _ => null,
    };
}
