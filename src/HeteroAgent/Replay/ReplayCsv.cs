using System.Globalization;

namespace HeteroAgent;

/// <summary>Reads a <see cref="ReplayLog"/> from CSV, with this library's columns or with RouteLLM's.</summary>
internal static class ReplayCsv
{
    private const string ResponseSuffix = "_response";

    internal static ReplayLog Read(string text)
    {
        using IEnumerator<CsvRecord> records = CsvRecord.Parse(text).GetEnumerator();
        if (!records.MoveNext())
        {
            throw new ReplayLogException("The log is empty; expected a header and rows.", 0);
        }

        IReadOnlyList<string> header = records.Current.Fields;
        Columns columns = Find(header);
        List<ReplayRow> rows = [];
        while (records.MoveNext())
        {
            CsvRecord record = records.Current;
            if (record.Fields.Count == 1 && record.Fields[0].Length == 0)
            {
                continue;
            }

            if (record.Fields.Count != header.Count)
            {
                throw new ReplayLogException($"Line {record.Line}: {record.Fields.Count} fields; the header has {header.Count}.", record.Line);
            }

            string Field(int column) => record.Fields[column];
            rows.Add(new ReplayRow(
                columns.Id >= 0 ? Field(columns.Id) : $"line {record.Line}",
                Field(columns.Prompt),
                new ReplayAnswer(Field(columns.WeakAnswer), Correct(record, header, columns.WeakCorrect), Cost(record, header, columns.WeakCost)),
                new ReplayAnswer(columns.StrongAnswer >= 0 ? Field(columns.StrongAnswer) : null, Correct(record, header, columns.StrongCorrect), Cost(record, header, columns.StrongCost))));
        }

        return rows.Count > 0
            ? new ReplayLog(rows) { WeakName = columns.WeakName, StrongName = columns.StrongName }
            : throw new ReplayLogException("The log has a header and no rows.", 0);
    }

    private static Columns Find(IReadOnlyList<string> header)
    {
        List<string> names = [.. header.Select(h => h.TrimStart('\uFEFF').Trim())];
        int Of(string name) => names.FindIndex(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
        int prompt = Of("prompt");
        if (prompt >= 0 && Of("weak_correct") >= 0 && Of("strong_correct") >= 0 && Of("weak_answer") >= 0)
        {
            return new Columns(Of("id"), prompt, Of("weak_answer"), Of("weak_correct"), Of("weak_cost"), Of("strong_answer"), Of("strong_correct"), Of("strong_cost"), null, null);
        }

        int[] models = [.. Enumerable.Range(0, names.Count).Where(i => names.Contains(names[i] + ResponseSuffix))];
        return prompt >= 0 && models.Length == 2
            ? new Columns(Of("id"), prompt, names.IndexOf(names[models[0]] + ResponseSuffix), models[0], -1, names.IndexOf(names[models[1]] + ResponseSuffix), models[1], -1, names[models[0]], names[models[1]])
            : throw new ReplayLogException(
                $"Line 1: the columns are {string.Join(", ", names.Take(12))}; expected prompt, weak_answer, weak_correct and strong_correct, or prompt, two models' names (the weak one first) and the same with {ResponseSuffix}.", 1);
    }

    private static bool Correct(CsvRecord record, IReadOnlyList<string> header, int column) => record.Fields[column].Trim().ToUpperInvariant() switch
    {
        "TRUE" or "1" => true,
        "FALSE" or "0" => false,
        _ => throw new ReplayLogException($"Line {record.Line}, {header[column]}: '{Cut(record.Fields[column])}' is neither True nor False.", record.Line),
    };

    private static double? Cost(CsvRecord record, IReadOnlyList<string> header, int column) =>
        column < 0 || record.Fields[column].Length == 0 ? null
        : double.TryParse(record.Fields[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double cost) && cost >= 0 && double.IsFinite(cost) ? cost
        : throw new ReplayLogException($"Line {record.Line}, {header[column]}: '{Cut(record.Fields[column])}' is not a price; expected a number of at least 0.", record.Line);

    private static string Cut(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private sealed record Columns(int Id, int Prompt, int WeakAnswer, int WeakCorrect, int WeakCost, int StrongAnswer, int StrongCorrect, int StrongCost, string? WeakName, string? StrongName);
}
