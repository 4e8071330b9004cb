using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeteroAgent;

/// <summary>Takes this library's private keywords (<c>x-span</c> and any other <c>x-</c>) out of a JSON Schema; a property that happens to be named so stays.</summary>
internal static class PrivateKeywords
{
    public static bool TryStrip(JsonElement schema, out JsonElement stripped)
    {
        stripped = schema;
        if (!Carries(schema))
        {
            return false;
        }

        using JsonDocument document = JsonDocument.Parse(Copy(schema)!.ToJsonString());
        stripped = document.RootElement.Clone();
        return true;
    }

    private static bool IsPrivate(string keyword) => keyword.StartsWith("x-", StringComparison.Ordinal);

    private static bool IsData(string keyword) => keyword is "enum" or "const" or "default" or "examples" or "required" or "dependentRequired";

    private static bool IsMap(string keyword) => keyword is "properties" or "patternProperties" or "$defs" or "definitions" or "dependentSchemas";

    private static bool Carries(JsonElement schema) => schema.ValueKind switch
    {
        JsonValueKind.Object => schema.EnumerateObject().Any(static k => IsPrivate(k.Name)
            || (!IsData(k.Name) && (IsMap(k.Name) && k.Value.ValueKind == JsonValueKind.Object ? k.Value.EnumerateObject().Any(static p => Carries(p.Value)) : Carries(k.Value)))),
        JsonValueKind.Array => schema.EnumerateArray().Any(Carries),
        _ => false,
    };

    private static JsonNode? Copy(JsonElement schema)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.Object:
                JsonObject copy = [];
                foreach (JsonProperty keyword in schema.EnumerateObject())
                {
                    if (!IsPrivate(keyword.Name))
                    {
                        copy[keyword.Name] = IsData(keyword.Name) ? Literal(keyword.Value)
                            : IsMap(keyword.Name) && keyword.Value.ValueKind == JsonValueKind.Object
                                ? new JsonObject(keyword.Value.EnumerateObject().Select(static p => KeyValuePair.Create(p.Name, Copy(p.Value))))
                                : Copy(keyword.Value);
                    }
                }

                return copy;
            case JsonValueKind.Array:
                return new JsonArray([.. schema.EnumerateArray().Select(Copy)]);
            default:
                return Literal(schema);
        }
    }

    private static JsonNode? Literal(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        JsonValueKind.Null => null,
        _ => JsonValue.Create(value),
    };
}
