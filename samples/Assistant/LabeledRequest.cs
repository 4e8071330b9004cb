using System.Text.Json;

namespace Assistant;

/// <summary>A request and the call that is right for it.</summary>
internal sealed record LabeledRequest(string Request, ToolCall Gold)
{
    public static IReadOnlyList<LabeledRequest> Load(string path, int? limit)
    {
        if (!File.Exists(path))
        {
            throw new AssistantException($"There is no file '{path}'. Name one with lines of {{\"request\": …, \"call\": {{\"tool\": …, \"args\": {{…}}}}}}.");
        }

        List<LabeledRequest> requests = [];
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                requests.Add(Parse(line, $"{path}:{number}"));
            }
        }

        // A part is spread over the file, which may be sorted by tool.
        return limit is { } part && part < requests.Count ? [.. Enumerable.Range(0, part).Select(i => requests[(int)((long)i * requests.Count / part)])]
            : requests.Count > 0 ? requests
            : throw new AssistantException($"'{path}' holds no request.");
    }

    private static LabeledRequest Parse(string line, string place)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement call = document.RootElement.GetProperty("call");
            List<(string, string)> args = [];
            foreach (JsonProperty arg in call.GetProperty("args").EnumerateObject())
            {
                args.AddRange(arg.Value.ValueKind == JsonValueKind.Array
                    ? arg.Value.EnumerateArray().Select(v => (arg.Name, v.GetString()!))
                    : [(arg.Name, arg.Value.GetString()!)]);
            }

            string? request = document.RootElement.GetProperty("request").GetString();
            return string.IsNullOrWhiteSpace(request)
                ? throw new AssistantException($"{place}: the request is empty.")
                : new LabeledRequest(request, new ToolCall(call.GetProperty("tool").GetString() ?? "", args));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new AssistantException($"{place}: expected {{\"request\": …, \"call\": {{\"tool\": …, \"args\": {{…}}}}}} with text values: {e.Message}", e);
        }
    }
}
