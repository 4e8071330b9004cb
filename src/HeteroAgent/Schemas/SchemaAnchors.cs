using System.Text.Json;

namespace HeteroAgent;

/// <summary>Finds the <c>$anchor</c>s of a schema.</summary>
internal static class SchemaAnchors
{
    public static void Collect(JsonElement schema, string pointer, Dictionary<string, string> anchors)
    {
        if (schema.ValueKind == JsonValueKind.Object)
        {
            if (schema.TryGetProperty("$anchor", out JsonElement anchor) && anchor.ValueKind == JsonValueKind.String && !anchors.TryAdd(anchor.GetString()!, pointer))
            {
                throw new JsonSchemaException(pointer + "/$anchor", $"the anchor '{anchor.GetString()}' occurs twice.");
            }

            foreach (JsonProperty keyword in schema.EnumerateObject())
            {
                if (keyword.Name is not ("enum" or "const" or "default" or "examples"))
                {
                    Collect(keyword.Value, $"{pointer}/{JsonPointer.Escape(keyword.Name)}", anchors);
                }
            }
        }
        else if (schema.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in schema.EnumerateArray())
            {
                Collect(item, $"{pointer}/{index++}", anchors);
            }
        }
    }
}
