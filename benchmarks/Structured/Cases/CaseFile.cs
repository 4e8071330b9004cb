using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>Cases as JSON lines: <c>{"id", "system", "user", "schema"}</c>, and <c>"set"</c> where the medians are to be taken by set.</summary>
internal static class CaseFile
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a file. Empty lines are skipped.</summary>
    /// <exception cref="CaseFileException">There is no such file, a line is malformed, or there is no case.</exception>
    internal static IReadOnlyList<StructuredCase> Read(string path) =>
        File.Exists(path) ? Parse(File.ReadLines(path), path) : throw new CaseFileException($"There is no file '{path}' (--cases).");

    internal static IReadOnlyList<StructuredCase> Parse(IEnumerable<string> lines, string name)
    {
        List<StructuredCase> cases = [];
        HashSet<string> ids = [];
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            StructuredCase parsed = Case(line, $"{name}:{number}");
            cases.Add(ids.Add(parsed.Id) ? parsed : throw new CaseFileException($"{name}:{number}: the id \"{parsed.Id}\" was used before; each case needs its own."));
        }

        return cases.Count > 0 ? cases : throw new CaseFileException($"{name} holds no case.");
    }

    internal static void Write(string path, IReadOnlyList<StructuredCase> cases)
    {
        StringBuilder text = new();
        foreach (StructuredCase @case in cases)
        {
            JsonObject line = new()
            {
                ["id"] = @case.Id,
                ["set"] = @case.Set,
                ["system"] = @case.System,
                ["user"] = @case.User,
                ["schema"] = JsonNode.Parse(@case.Schema.GetRawText()),
            };
            text.Append(line.ToJsonString(Readable)).Append('\n');
        }

        File.WriteAllText(path, text.ToString());
    }

    private static StructuredCase Case(string line, string place)
    {
        JsonElement root;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, new JsonDocumentOptions { AllowDuplicateProperties = false });
            root = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new CaseFileException($"{place}: not JSON: {e.Message}");
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new CaseFileException($"{place}: a {Kind(root)}; expected an object {{\"id\", \"system\", \"user\", \"schema\"}}.");
        }

        JsonElement schema = root.TryGetProperty("schema", out JsonElement found) ? found : throw new CaseFileException($"{place}: \"schema\" is missing.");
        if (schema.ValueKind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False))
        {
            throw new CaseFileException($"{place}: \"schema\" is a {Kind(schema)}; expected a JSON schema, an object or a boolean.");
        }

        return new StructuredCase(Text("id", null, false), Text("set", StructuredCase.OwnSet, false), Text("system", "", true), Text("user", null, false), schema);

        string Text(string key, string? absent, bool mayBeEmpty)
        {
            if (!root.TryGetProperty(key, out JsonElement value) || (value.ValueKind == JsonValueKind.Null && absent is not null))
            {
                return absent ?? throw new CaseFileException($"{place}: \"{key}\" is missing.");
            }

            string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new CaseFileException($"{place}: \"{key}\" is a {Kind(value)}; expected text.");
            return text.Length > 0 || mayBeEmpty ? text : throw new CaseFileException($"{place}: \"{key}\" is empty.");
        }
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
