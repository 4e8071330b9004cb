using System.Globalization;
using Spectre.Console;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>What a person sees: a table of rows for each model, one of medians, and what sixteen at once came to.</summary>
internal static class ResultTables
{
    private const int PlainWidth = 230;

    internal static void Write(IReadOnlyList<ResultRow> rows, IReadOnlyList<ConcurrentResult> concurrent)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = PlainWidth;
        }

        foreach (IGrouping<string, ResultRow> model in rows.GroupBy(r => r.Model))
        {
            WriteRows(model.Key, [.. model]);
        }

        WriteMedians(rows);
        foreach (ConcurrentResult result in concurrent)
        {
            Console.WriteLine(FormattableString.Invariant($"{result.Requests} at once, {result.Model}: {result.SampledPerSecond:0.0} sampled positions/s against {result.RawPerSecond:0.0} raw, ratio {result.Ratio:0.000} (aim at least 0.9); with forced and drafted tokens {result.WrittenPerSecond:0.0} written positions/s, ratio {result.WrittenRatio:0.000} ({result.SampledBesideForcedRatio:0.000} counting the sampled ones alone)"));
        }
    }

    private static void WriteRows(string model, IReadOnlyList<ResultRow> rows)
    {
        Table table = Table($"{model}: ms with the prompt in the cache (cold), tokens and validity (+ valid, - not, ? unknown)");
        table.AddColumns("case", "prompt");
        table.AddColumns([.. ResultDocument.All.Select(n => new TableColumn(n).RightAligned())]);
        table.AddColumns(new TableColumn("/node").RightAligned(), new TableColumn("/llamasharp").RightAligned(), new TableColumn("/raw").RightAligned(), new TableColumn("limited by"));
        foreach (ResultRow row in rows)
        {
            table.AddRow(
            [
                Markup.Escape(row.Id),
                row.PromptTokens.ToString(CultureInfo.InvariantCulture),
                .. ResultDocument.All.Select(n => Cell(row.Result(n))),
                Number(Ratios.Of(row, NodeContender.Node, r => r.Milliseconds)),
                Number(Ratios.Of(row, ExecutorContender.Executor, r => r.Milliseconds)),
                Number(Ratios.Of(row, RawContender.Plain, r => r.Milliseconds)),
                Limits.Of(row)?.Describe() ?? "",
            ]);
        }

        AnsiConsole.Write(table);
    }

    private static void WriteMedians(IReadOnlyList<ResultRow> rows)
    {
        Table table = Table("Medians of this library's time divided by others' (cold), and valid answers");
        table.AddColumns(["model", "set", "rows", .. ResultDocument.Others.Select(o => "/" + o), "valid", .. ResultDocument.All.Skip(1)]);
        foreach ((string model, string set, IReadOnlyList<ResultRow> group) in ResultDocument.Groups(rows))
        {
            table.AddRow(
            [
                Markup.Escape(model),
                Markup.Escape(set),
                group.Count.ToString(CultureInfo.InvariantCulture),
                .. ResultDocument.Others.Select(o => Ratio(group, o)),
                .. ResultDocument.All.Select(n => Valid(group, n)),
            ]);
        }

        AnsiConsole.Write(table);
    }

    private static Table Table(string title)
    {
        Console.WriteLine(title);
        return new Table { Border = Console.IsOutputRedirected ? TableBorder.Ascii : TableBorder.Rounded };
    }

    private static string Cell(ContenderResult? result)
    {
        if (result is null)
        {
            return "";
        }

        if (result.Last is not { } last)
        {
            return "refused";
        }

        string tokens = last.Tokens switch
        {
            { Scored: > 0 } => $"scored {last.Tokens.Scored}",
            { Forced: 0, Drafted: 0 } => $"{last.Tokens.Sampled}",
            _ => $"{last.Tokens.Sampled}+{last.Tokens.Forced}f+{last.Tokens.Drafted}d",
        };
        string valid = result.Valid switch { true => "+", false => "-", _ => "?" };
        return FormattableString.Invariant($"{result.Milliseconds:0.0} ({result.ColdMilliseconds:0}) {tokens} {valid}");
    }

    private static string Ratio(IReadOnlyList<ResultRow> rows, string other) =>
        Ratios.MedianOf(rows, other, r => r.Milliseconds) is { } warm ? $"{Number(warm)} ({Number(Ratios.MedianOf(rows, other, r => r.ColdMilliseconds))})" : "";

    private static string Valid(IReadOnlyList<ResultRow> rows, string name) =>
        rows.Count(r => r.Result(name) is not null) is > 0 and int count ? $"{rows.Count(r => r.Result(name)?.Valid == true)} of {count}" : "";

    private static string Number(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "";
}
