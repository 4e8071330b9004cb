using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Writes instances with their keys in the schema's order, and finds properties that a schema does not declare.</summary>
internal static class SchemaOrder
{
    public static JsonElement Arrange(JsonElement value, JsonElement schema, JsonElement root)
    {
        List<JsonElement> objects = [.. Objects(schema, root, [])];
        foreach (JsonElement rules in objects)
        {
            // A constant's keys stand in its own order.
            if (rules.TryGetProperty("const", out JsonElement constant) && JsonElement.DeepEquals(constant, value))
            {
                return constant;
            }
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                JsonElement? closed = objects.Select(o => (JsonElement?)o).FirstOrDefault(o => o!.Value.TryGetProperty("properties", out _));
                List<string> order = closed is { } known ? [.. known.GetProperty("properties").EnumerateObject().Select(p => p.Name)] : [];
                var result = new JsonObject();
                foreach (JsonProperty property in value.EnumerateObject().OrderBy(p => order.IndexOf(p.Name) is >= 0 and int i ? i : int.MaxValue))
                {
                    result[property.Name] = Node(Arrange(property.Value, Child(objects, property.Name), root));
                }

                return Schemas.Parse(result.ToJsonString());
            case JsonValueKind.Array:
                JsonElement items = objects.Select(o => o.TryGetProperty("items", out JsonElement i) ? i : default).FirstOrDefault(i => i.ValueKind != JsonValueKind.Undefined);
                return Schemas.Parse(new JsonArray([.. value.EnumerateArray().Select(v => Node(Arrange(v, items, root)))]).ToJsonString());
            default:
                return value;
        }
    }

    public static bool HasUndeclared(JsonElement value, JsonElement schema, JsonElement root)
    {
        List<JsonElement> objects = [.. Objects(schema, root, [])];
        return value.ValueKind switch
        {
            JsonValueKind.Object => objects.Exists(o => o.TryGetProperty("properties", out JsonElement p) && value.EnumerateObject().Any(v => !p.TryGetProperty(v.Name, out _)))
                || value.EnumerateObject().Any(p => HasUndeclared(p.Value, Child(objects, p.Name), root)),
            JsonValueKind.Array => objects.Exists(o => o.TryGetProperty("items", out JsonElement items) && value.EnumerateArray().Any(v => HasUndeclared(v, items, root))),
            _ => false,
        };
    }

    private static JsonNode? Node(JsonElement element) => JsonNode.Parse(element.GetRawText());

    private static JsonElement Child(List<JsonElement> objects, string name) =>
        objects.Select(o => o.TryGetProperty("properties", out JsonElement p) && p.TryGetProperty(name, out JsonElement c) ? c
                : o.TryGetProperty("additionalProperties", out JsonElement a) ? a : default)
            .FirstOrDefault(c => c.ValueKind != JsonValueKind.Undefined);

    // The schema objects behind references and alternatives.
    private static IEnumerable<JsonElement> Objects(JsonElement schema, JsonElement root, HashSet<string> visited)
    {
        if (schema.ValueKind != JsonValueKind.Object || !visited.Add(schema.GetRawText()))
        {
            yield break;
        }

        yield return schema;
        if (schema.TryGetProperty("$ref", out JsonElement reference) && reference.ValueKind == JsonValueKind.String
            && SchemaPointer.TryResolve(root, reference.GetString()!, out _, out JsonElement target))
        {
            foreach (JsonElement inner in Objects(target, root, visited))
            {
                yield return inner;
            }
        }

        if (schema.TryGetProperty("anyOf", out JsonElement branches))
        {
            foreach (JsonElement inner in branches.EnumerateArray().SelectMany(b => Objects(b, root, visited)))
            {
                yield return inner;
            }
        }
    }
}
