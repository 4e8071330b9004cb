using System.Text.Json;

namespace HeteroAgent.Cli;

/// <summary>A schema with instances of which it is known whether they are valid.</summary>
/// <param name="Id">The name in the output.</param>
/// <param name="Schema">The schema.</param>
/// <param name="Tests">The instances.</param>
internal sealed record SchemaCase(string Id, JsonElement Schema, IReadOnlyList<(JsonElement Data, bool IsValid)> Tests)
{
    /// <summary>The cases of a file: a case a line, or the array of groups of the official test suite.</summary>
    /// <exception cref="UsageException">The file is neither; the message names the line or group.</exception>
    internal static IEnumerable<SchemaCase> Read(string file)
    {
        string text = File.ReadAllText(file);
        if (text.TrimStart().StartsWith('['))
        {
            int index = 0;
            foreach (JsonElement group in Parse(file, "it", text).EnumerateArray())
            {
                string name = group.ValueKind == JsonValueKind.Object && group.TryGetProperty("description", out JsonElement description) ? description.ToString() : $"{index}";
                yield return Of(group, $"{Path.GetFileNameWithoutExtension(file)}: {name}", $"'{file}', group {index++}");
            }

            yield break;
        }

        int line = 0;
        foreach (string row in text.Split('\n'))
        {
            line++;
            if (row.AsSpan().Trim().Length > 0)
            {
                yield return Of(Parse(file, $"line {line}", row), null, $"'{file}', line {line}");
            }
        }
    }

    private static JsonElement Parse(string file, string place, string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 512 });
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new UsageException($"'{file}': {place} is not JSON: {e.Message}");
        }
    }

    private static SchemaCase Of(JsonElement group, string? id, string place)
    {
        if (group.ValueKind != JsonValueKind.Object || !group.TryGetProperty("schema", out JsonElement schema))
        {
            throw new UsageException($"{place} has no \"schema\"; {{\"id\", \"schema\", \"tests\": [{{\"data\", \"valid\"}}]}} is accepted.");
        }

        id ??= group.TryGetProperty("id", out JsonElement name) ? name.ToString() : place;
        if (!group.TryGetProperty("tests", out JsonElement tests))
        {
            return new SchemaCase(id, schema, []);
        }

        return tests.ValueKind != JsonValueKind.Array
            ? throw new UsageException($"{place}: \"tests\" is no array; [{{\"data\", \"valid\"}}] is accepted.")
            : new SchemaCase(id, schema, [.. tests.EnumerateArray().Select((test, i) =>
                test.ValueKind == JsonValueKind.Object && test.TryGetProperty("data", out JsonElement data) && test.TryGetProperty("valid", out JsonElement valid) && valid.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? (test.GetProperty("data"), test.GetProperty("valid").GetBoolean())
                    : throw new UsageException($"{place}, test {i}: {{\"data\", \"valid\"}} is accepted."))]);
    }
}
