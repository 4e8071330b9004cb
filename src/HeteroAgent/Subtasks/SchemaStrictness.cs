using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeteroAgent;

/// <summary>Tightens a schema that was inferred from a type.</summary>
internal static class SchemaStrictness
{
    public static bool IsObject(JsonObject schema) => schema["type"] is JsonValue type && type.TryGetValue(out string? name) && name == "object" && schema["properties"] is JsonObject;

    /// <summary>Closes every object, requires its properties that cannot be null, and makes those that can optional instead.</summary>
    public static void Apply(JsonNode? node, bool isRoot = true)
    {
        if (node is not JsonObject schema)
        {
            return;
        }

        if (isRoot)
        {
            _ = TakeNull(schema);
        }

        if (schema["properties"] is JsonObject properties)
        {
            JsonArray required = [];
            foreach ((string name, JsonNode? property) in properties)
            {
                if (property is not JsonObject p || !TakeNull(p))
                {
                    required.Add((JsonNode?)name);
                }

                Apply(property, isRoot: false);
            }

            _ = schema.Remove("required");
            if (required.Count > 0)
            {
                schema["required"] = required;
            }

            schema["additionalProperties"] = false;
        }
        else if (schema["additionalProperties"] is JsonObject values)
        {
            Apply(values, isRoot: false);
        }

        Apply(schema["items"], isRoot: false);
        foreach (string combination in (string[])["anyOf", "oneOf", "allOf"])
        {
            foreach (JsonNode? one in schema[combination] as JsonArray ?? [])
            {
                Apply(one, isRoot: false);
            }
        }

        foreach (string definitions in (string[])["$defs", "definitions"])
        {
            foreach ((_, JsonNode? one) in schema[definitions] as JsonObject ?? [])
            {
                Apply(one, isRoot: false);
            }
        }
    }

    /// <summary>Prefixes references within the document by the place to which their target moves.</summary>
    public static void MoveReferences(JsonNode? node, string place)
    {
        if (node is JsonObject schema)
        {
            if (schema["$ref"] is JsonValue value && value.TryGetValue(out string? target) && (target == "#" || target.StartsWith("#/", StringComparison.Ordinal)))
            {
                schema["$ref"] = "#" + place + target[1..];
            }

            foreach ((_, JsonNode? child) in schema)
            {
                MoveReferences(child, place);
            }
        }
        else if (node is JsonArray array)
        {
            foreach (JsonNode? child in array)
            {
                MoveReferences(child, place);
            }
        }
    }

    /// <summary>Removes members that are null where the schema makes them optional: models often write null for what they do not find.</summary>
    public static void DropNulls(JsonNode? node, JsonElement schema)
    {
        if (node is JsonArray array && schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("items", out JsonElement items))
        {
            foreach (JsonNode? item in array)
            {
                DropNulls(item, items);
            }
        }

        if (node is not JsonObject value || schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out JsonElement properties))
        {
            return;
        }

        string[] required = schema.TryGetProperty("required", out JsonElement names) ? [.. names.EnumerateArray().Select(static n => n.GetString()!)] : [];
        foreach (JsonProperty property in properties.EnumerateObject())
        {
            if (!value.TryGetPropertyValue(property.Name, out JsonNode? member))
            {
                continue;
            }

            if (member is null && !required.Contains(property.Name, StringComparer.Ordinal))
            {
                _ = value.Remove(property.Name);
            }
            else
            {
                DropNulls(member, property.Value);
            }
        }
    }

    /// <summary>Takes null out of what a schema allows, and says whether it was there.</summary>
    private static bool TakeNull(JsonObject schema)
    {
        bool taken = false;
        if (schema["type"] is JsonArray types && types.FirstOrDefault(static t => t?.GetValue<string>() == "null") is { } nothing)
        {
            _ = types.Remove(nothing);
            taken = true;
            if (types.Count == 1)
            {
                schema["type"] = types[0]!.DeepClone();
            }
        }

        if (schema["enum"] is JsonArray values)
        {
            for (int i = values.Count - 1; i >= 0; i--)
            {
                if (values[i] is null)
                {
                    values.RemoveAt(i);
                    taken = true;
                }
            }
        }

        if (schema.ContainsKey("default") && schema["default"] is null)
        {
            _ = schema.Remove("default");
            taken = true;
        }

        return taken;
    }
}
