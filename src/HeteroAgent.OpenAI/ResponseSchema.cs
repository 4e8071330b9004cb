using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace HeteroAgent.OpenAI;

/// <summary>The JSON Schema of an answer as a server takes it: an object at the root, without this library's private keywords.</summary>
internal sealed class ResponseSchema
{
    private const string WrapperProperty = "value";

    private ResponseSchema(JsonElement schema, string name, string? description, bool isWrapped)
    {
        Schema = schema;
        Name = name;
        Description = description;
        IsWrapped = isWrapped;
    }

    public JsonElement Schema { get; }

    public string Name { get; }

    public string? Description { get; }

    /// <summary>Whether the server answers <c>{"value": …}</c> in place of what was asked for.</summary>
    public bool IsWrapped { get; }

    public static ResponseSchema? Create(Microsoft.Extensions.AI.ChatResponseFormat? format)
    {
        if (format is not ChatResponseFormatJson { Schema: { } schema } json)
        {
            return null;
        }

        _ = PrivateKeywords.TryStrip(schema, out schema);
        string name = json.SchemaName is { Length: > 0 } named ? SubtaskTypes.Identifier(named) : "answer";
        bool isObject = schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.GetString() == "object";
        if (isObject)
        {
            return new(schema, name, json.SchemaDescription, false);
        }

        JsonNode inner = JsonNode.Parse(schema.GetRawText())!;
        SchemaStrictness.MoveReferences(inner, "/properties/" + WrapperProperty);
        using JsonDocument wrapper = JsonDocument.Parse(new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { [WrapperProperty] = inner },
            ["required"] = new JsonArray(WrapperProperty),
            ["additionalProperties"] = false,
        }.ToJsonString());
        return new(wrapper.RootElement.Clone(), name, json.SchemaDescription, true);
    }

    public string Unwrap(string text)
    {
        if (!IsWrapped || text.Length == 0)
        {
            return text;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(WrapperProperty, out JsonElement value))
            {
                return value.GetRawText();
            }
        }
        catch (JsonException)
        {
            // An answer that was cut off, or that does not keep to the schema, is the caller's to judge.
        }

        return text;
    }

    /// <summary>What a server is told that does not take schemas.</summary>
    public string Instructions => $"Answer with one JSON object and nothing else. It must satisfy this JSON Schema:\n{CompactJson.Write(Schema)}";

    /// <summary>Whether OpenAI's strict mode takes the schema: every object closed and all its properties required.</summary>
    public bool IsStrict => Strict(Schema);

    private static bool Strict(JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.Array)
        {
            return schema.EnumerateArray().All(Strict);
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        if (schema.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object)
        {
            HashSet<string?> required = schema.TryGetProperty("required", out JsonElement names) && names.ValueKind == JsonValueKind.Array ? [.. names.EnumerateArray().Select(static n => n.GetString())] : [];
            if (!schema.TryGetProperty("additionalProperties", out JsonElement additional) || additional.ValueKind != JsonValueKind.False
                || !properties.EnumerateObject().All(p => required.Contains(p.Name) && Strict(p.Value)))
            {
                return false;
            }
        }
        else if (schema.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.GetString() == "object")
        {
            return false;
        }

        return schema.EnumerateObject().All(static k => k.Name is not ("oneOf" or "allOf" or "not" or "if" or "patternProperties")
            && (k.Name is not ("items" or "anyOf") || Strict(k.Value))
            && (k.Name is not ("$defs" or "definitions") || k.Value.EnumerateObject().All(static d => Strict(d.Value))));
    }
}
