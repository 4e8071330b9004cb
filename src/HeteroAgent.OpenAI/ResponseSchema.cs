using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using OpenAIFormat = OpenAI.Chat.ChatResponseFormat;

namespace HeteroAgent.OpenAI;

/// <summary>The JSON Schema of an answer as a server takes it: an object at the root, without this library's private keywords.</summary>
internal sealed class ResponseSchema
{
    private const string WrapperProperty = "value";
    private readonly bool _isWrapped;
    private readonly bool _isFenced;

    private ResponseSchema(ChatResponseFormatJson json, StructuredOutputMode mode)
    {
        _isFenced = mode == StructuredOutputMode.Instructions;
        if (json.Schema is not { } schema)
        {
            Instructions = "Answer with JSON and nothing else.";
            return;
        }

        _ = PrivateKeywords.TryStrip(schema, out schema);
        _isWrapped = !IsObject(schema);
        schema = _isWrapped ? Wrap(schema) : schema;
        if (mode == StructuredOutputMode.JsonSchema)
        {
            string name = json.SchemaName is { Length: > 0 } named ? SubtaskTypes.Identifier(named) : "answer";
            Format = OpenAIFormat.CreateJsonSchemaFormat(name, BinaryData.FromString(schema.GetRawText()), json.SchemaDescription, IsStrict(schema) ? true : null);
            return;
        }

        Instructions = $"Answer with one JSON object and nothing else. It must satisfy this JSON Schema:\n{CompactJson.Write(schema)}";
        Format = mode == StructuredOutputMode.JsonObject ? OpenAIFormat.CreateJsonObjectFormat() : null;
    }

    /// <summary>The <c>response_format</c> of the request, or null for none.</summary>
    public OpenAIFormat? Format { get; }

    /// <summary>The schema in words, for a server that does not take schemas.</summary>
    public string? Instructions { get; }

    /// <summary>Whether the text has to be whole before it can be read.</summary>
    public bool HoldsText => _isWrapped || _isFenced;

    /// <returns><see langword="null"/> where Microsoft.Extensions.AI.OpenAI writes the format as the server takes it.</returns>
    public static ResponseSchema? Create(ChatResponseFormat? format, StructuredOutputMode mode) =>
        format is ChatResponseFormatJson json && (json.Schema is not null || mode == StructuredOutputMode.Instructions) ? new(json, mode) : null;

    /// <summary>The value that was asked for, taken out of its fence and its wrapper; a text that has neither stays as it is, for the caller to judge.</summary>
    public string Read(string text)
    {
        text = _isFenced ? Unfence(text) : text;
        if (!_isWrapped || text.Length == 0)
        {
            return text;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(WrapperProperty, out JsonElement value) ? value.GetRawText() : text;
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static string Unfence(string text)
    {
        string trimmed = text.Trim();
        int start = trimmed.IndexOf('\n', StringComparison.Ordinal) + 1;
        return trimmed.Length > start + 3 && start > 0 && trimmed.StartsWith("```", StringComparison.Ordinal) && trimmed.EndsWith("```", StringComparison.Ordinal)
            ? trimmed[start..^3].Trim()
            : text;
    }

    private static bool IsObject(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.GetString() == "object";

    private static JsonElement Wrap(JsonElement schema)
    {
        JsonNode inner = JsonNode.Parse(schema.GetRawText())!;
        SchemaStrictness.MoveReferences(inner, "/properties/" + WrapperProperty);
        using JsonDocument wrapper = JsonDocument.Parse(new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { [WrapperProperty] = inner },
            ["required"] = new JsonArray(WrapperProperty),
            ["additionalProperties"] = false,
        }.ToJsonString());
        return wrapper.RootElement.Clone();
    }

    /// <summary>Whether OpenAI's strict mode takes the schema: every object closed and all its properties required.</summary>
    private static bool IsStrict(JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.Array)
        {
            return schema.EnumerateArray().All(IsStrict);
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        if (schema.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object)
        {
            HashSet<string?> required = schema.TryGetProperty("required", out JsonElement names) && names.ValueKind == JsonValueKind.Array ? [.. names.EnumerateArray().Select(static n => n.GetString())] : [];
            if (!schema.TryGetProperty("additionalProperties", out JsonElement additional) || additional.ValueKind != JsonValueKind.False
                || !properties.EnumerateObject().All(p => required.Contains(p.Name) && IsStrict(p.Value)))
            {
                return false;
            }
        }
        else if (IsObject(schema))
        {
            return false;
        }

        return schema.EnumerateObject().All(static k => k.Name is not ("oneOf" or "allOf" or "not" or "if" or "patternProperties")
            && (k.Name is not ("items" or "anyOf") || IsStrict(k.Value))
            && (k.Name is not ("$defs" or "definitions") || k.Value.EnumerateObject().All(static d => IsStrict(d.Value))));
    }
}
