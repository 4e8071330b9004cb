using System.Text;
using System.Text.Json;

namespace HeteroAgent.Benchmarks;

/// <summary>A public set of messages with their intents.</summary>
internal sealed record IntentSet(
    string Name,
    IReadOnlyList<(string Text, string Label)> Train,
    IReadOnlyList<(string Text, string Label)> Test,
    IReadOnlyList<string> OutOfScopeTrain,
    IReadOnlyList<string> OutOfScopeTest)
{
    internal static IntentSet Banking77() => new("banking77", Csv("train.csv"), Csv("test.csv"), [], []);

    internal static IntentSet Clinc150()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(ModelFile.FindShared("data", "clinc150", "data_full.json")));
        return new("clinc150", Rows("train"), Rows("test"), Texts("oos_train"), Texts("oos_test"));

        IReadOnlyList<(string, string)> Rows(string part) => [.. json.RootElement.GetProperty(part).EnumerateArray().Select(static r => (r[0].GetString()!, r[1].GetString()!))];
        IReadOnlyList<string> Texts(string part) => [.. Rows(part).Select(static r => r.Item1)];
    }

    /// <summary>So many examples of each label, drawn by a seed.</summary>
    internal int[] Draw(int perLabel, int seed)
    {
        int[] rows = [.. Enumerable.Range(0, Train.Count)];
        new Random(seed).Shuffle(rows);
        return [.. rows.GroupBy(r => Train[r].Label, StringComparer.Ordinal).SelectMany(g => g.Take(perLabel)).Order()];
    }

    private static IReadOnlyList<(string, string)> Csv(string file)
    {
        string text = File.ReadAllText(ModelFile.FindShared("data", "banking77", file));
        List<(string, string)> rows = [];
        List<string> fields = [];
        StringBuilder field = new();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"')
            {
                // A doubled quote within quotes closes and opens again, and stands for itself.
                if (!quoted && i > 0 && text[i - 1] == '"')
                {
                    field.Append(c);
                }

                quoted = !quoted;
            }
            else if (!quoted && (c is ',' or '\n'))
            {
                fields.Add(field.ToString().TrimEnd('\r'));
                field.Clear();
                if (c == '\n')
                {
                    rows.Add((fields[0], fields[1]));
                    fields.Clear();
                }
            }
            else
            {
                field.Append(c);
            }
        }

        if (fields.Count == 1)
        {
            rows.Add((fields[0], field.ToString()));
        }

        return rows[1..];
    }
}
