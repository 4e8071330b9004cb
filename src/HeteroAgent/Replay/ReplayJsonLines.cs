using System.Text.Json;

namespace HeteroAgent;

/// <summary>Reads a <see cref="ReplayLog"/> from JSON lines.</summary>
internal static class ReplayJsonLines
{
    internal static ReplayLog Read(string text)
    {
        List<ReplayRow> rows = [];
        HashSet<string> ids = [];
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            ReplayRow row = ReadRow(line.TrimStart('\uFEFF'), number);
            if (!ids.Add(row.Id))
            {
                throw new ReplayLogException($"Line {number}: the id '{row.Id}' occurs a second time; every row has its own.", number);
            }

            rows.Add(row);
        }

        return rows.Count > 0 ? new ReplayLog(rows) : throw new ReplayLogException("The log has no rows; expected one JSON object a line.", 0);
    }

    private static ReplayRow ReadRow(string line, int number)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw Wrong(number, "", "expected an object with prompt, weak and strong");
            }

            string id = root.TryGetProperty("id", out JsonElement name) && name.ValueKind is JsonValueKind.String or JsonValueKind.Number ? name.ToString() : $"line {number}";
            string prompt = Text(root, "prompt", number) ?? throw Wrong(number, "/prompt", "expected the text that was asked");
            ReplayAnswer weak = Answer(root, "weak", number);
            return weak.Answer is null
                ? throw Wrong(number, "/weak/answer", "expected the text of the weak answer, from which escalation is decided")
                : new ReplayRow(id, prompt, weak, Answer(root, "strong", number));
        }
        catch (JsonException e)
        {
            throw new ReplayLogException($"Line {number} is not JSON: {e.Message}", number, e);
        }
        catch (InvalidOperationException e)
        {
            throw new ReplayLogException($"Line {number} holds text that cannot be decoded: {e.Message}", number, e);
        }
    }

    private static ReplayAnswer Answer(JsonElement root, string name, int number)
    {
        if (!root.TryGetProperty(name, out JsonElement answer) || answer.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(number, $"/{name}", "expected an object with answer and correct");
        }

        if (!answer.TryGetProperty("correct", out JsonElement correct) || correct.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            throw Wrong(number, $"/{name}/correct", "expected true or false");
        }

        double? cost = null;
        if (answer.TryGetProperty("cost", out JsonElement price) && price.ValueKind != JsonValueKind.Null)
        {
            cost = price.ValueKind == JsonValueKind.Number && price.TryGetDouble(out double value) && value >= 0 && double.IsFinite(value)
                ? value
                : throw Wrong(number, $"/{name}/cost", $"{price.GetRawText()} is not a price; expected a number of at least 0");
        }

        return new ReplayAnswer(Text(answer, "answer", number), correct.GetBoolean(), cost) { Signals = Signals(answer, name, number) };
    }

    private static Dictionary<string, double> Signals(JsonElement answer, string name, int number)
    {
        Dictionary<string, double> signals = [];
        if (!answer.TryGetProperty("signals", out JsonElement given) || given.ValueKind == JsonValueKind.Null)
        {
            return signals;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(number, $"/{name}/signals", "expected an object that maps names to numbers");
        }

        foreach (JsonProperty signal in given.EnumerateObject())
        {
            signals[signal.Name] = signal.Value.ValueKind == JsonValueKind.Number && signal.Value.TryGetDouble(out double value) && double.IsFinite(value)
                ? value
                : throw Wrong(number, $"/{name}/signals/{signal.Name}", "expected a finite number");
        }

        return signals;
    }

    private static string? Text(JsonElement parent, string name, int number) =>
        !parent.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Wrong(number, $"/{name}", "expected a text");

    private static ReplayLogException Wrong(int line, string place, string expected) => new($"Line {line}{(place.Length > 0 ? $", {place}" : "")}: {expected}.", line);
}
