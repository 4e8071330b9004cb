using System.Text.Json;

namespace HeteroAgent.Cli;

/// <summary>One line of the input of <c>verify</c>.</summary>
/// <param name="Id">The trace's id as it was given, any JSON value; undefined where there is none.</param>
/// <param name="Trace">The trace.</param>
internal sealed record TraceLine(JsonElement Id, ReasoningTrace Trace)
{
    /// <exception cref="JsonException">The line is no JSON object of that form.</exception>
    /// <exception cref="ArgumentException">The trace has no step.</exception>
    public static TraceLine Parse(string line)
    {
        JsonElement row = JsonDocument.Parse(line).RootElement;
        if (row.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"an object with \"question\" and \"steps\" was expected, and this is {Described(row)}");
        }

        row.TryGetProperty("id", out JsonElement id);
        string question = Text(row, "question", required: true)!;
        if (!row.TryGetProperty("steps", out JsonElement steps) || steps.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("\"steps\" must be an array of strings");
        }

        string[] texts = [.. steps.EnumerateArray().Select(static (s, i) => s.ValueKind == JsonValueKind.String ? s.GetString()! : throw new JsonException($"steps[{i}] must be a string and is {Described(s)}"))];
        return new(id, new(question, texts) { Answer = Text(row, "answer", required: false) });
    }

    private static string? Text(JsonElement row, string name, bool required)
    {
        if (!row.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return required ? throw new JsonException($"\"{name}\" is missing") : null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number when !required => value.GetRawText(),
            _ => throw new JsonException($"\"{name}\" must be a string and is {Described(value)}"),
        };
    }

    private static string Described(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        JsonValueKind.Null => "null",
        _ => "a string",
    };
}
