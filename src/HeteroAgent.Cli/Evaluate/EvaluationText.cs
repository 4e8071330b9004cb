using System.Globalization;
using HeteroAgent.LlamaCpp;
using Spectre.Console;

namespace HeteroAgent.Cli;

/// <summary>The measures of an evaluation for a person.</summary>
internal static class EvaluationText
{
    private const int MostErrors = 5;

    internal static void Write(Specialist specialist, TuningSet set, TuningEvaluation evaluation)
    {
        Console.Out.WriteLine(Text($"{Terminal.OneLine(specialist.Name)} ({specialist.Kind}), {set.Examples.Count} examples; 95 % intervals (Wilson)"));
        Table measures = Plain("measure", "value", "from", "to");
        Add(measures, "whole answer right", evaluation.Exact);
        if (evaluation.Tool is { } tool)
        {
            Add(measures, "tool right", tool);
        }

        Add(measures, "form valid", evaluation.Valid);
        Terminal.Out.Write(measures);
        WriteFields(evaluation.Fields);
        if (evaluation.CalibrationError is { } error)
        {
            Console.Out.WriteLine(Text($"calibration error {100 * error:0.0} % (ECE, 15 bins of equal width), area under risk and coverage {evaluation.AreaUnderRiskCoverage:0.0000}"));
            Table risk = Plain("surest kept", "of them wrong", "confidence from");
            foreach (CoverageRisk point in evaluation.RiskCoverage.Where(p => p.Coverage >= 0.495))
            {
                risk.AddRow(Text($"{100 * point.Coverage:0.0} %"), Text($"{100 * point.Risk:0.0} %"), Text($"{point.Confidence:0.0000}"));
            }

            Terminal.Out.Write(risk);
        }

        Console.Out.WriteLine(Text($"time an answer: {evaluation.LatencyP50:0.0} ms (median), {evaluation.LatencyP95:0.0} ms (95th percentile)"));
        WriteLines("examples without an answer", [.. evaluation.Errors.Select(e => (e.Example.Line, e.Error!))]);
        WriteLines("lines not used", [.. set.Rejected.Select(r => (r.Number, r.Reason))]);
    }

    private static void WriteFields(IReadOnlyList<FieldAccuracy> fields)
    {
        if (fields.Count == 0)
        {
            return;
        }

        Table table = Plain("field", "right", "of", "accuracy", "extra");
        foreach (FieldAccuracy field in fields)
        {
            string share = field.Expected == 0 ? "" : Text($"{100 * field.Accuracy.Value:0.0} %");
            table.AddRow(Markup.Escape(Terminal.OneLine(field.Name)), Text($"{field.Right}"), Text($"{field.Expected}"), share, Text($"{field.Extra}"));
        }

        Terminal.Out.Write(table);
    }

    private static void WriteLines(string title, IReadOnlyList<(int Line, string Text)> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        Terminal.WriteRemark(Text($"{lines.Count} {title}"));
        foreach ((int line, string text) in lines.Take(MostErrors))
        {
            Terminal.WriteRemark(Text($"  line {line}: {Terminal.OneLine(text)}"));
        }
    }

    private static void Add(Table table, string name, Proportion share) =>
        table.AddRow(name, Text($"{100 * share.Value:0.0} %"), Text($"{100 * share.Low:0.0} %"), Text($"{100 * share.High:0.0} %"));

    private static Table Plain(params string[] columns)
    {
        Table table = new() { Border = TableBorder.Minimal };
        foreach (string column in columns)
        {
            table.AddColumn(table.Columns.Count == 0 ? new TableColumn(column) : new TableColumn(column).RightAligned());
        }

        return table;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
