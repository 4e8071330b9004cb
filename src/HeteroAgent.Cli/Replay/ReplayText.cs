using System.Globalization;
using System.Text;

namespace HeteroAgent.Cli;

/// <summary>The report for a person: a table, and a sketch of risk against coverage.</summary>
internal static class ReplayText
{
    private static readonly string[] Bars = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

    internal static string Format(ReplayLog log, ReplayReport report)
    {
        StringBuilder text = new();
        string fitted = report.FittedOn > 0 ? $"everything fitted on {report.FittedOn} other rows" : "everything fitted out of fold";
        text.AppendLine(CultureInfo.InvariantCulture, $"{report.Count} rows, {fitted}; 95 % bootstrap intervals over prompts");
        if (log.WeakName is not null || log.StrongName is not null)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"weak {Terminal.OneLine(log.WeakName ?? "?")}, strong {Terminal.OneLine(log.StrongName ?? "?")}");
        }

        if (report.DuplicatePrompts > 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{report.DuplicatePrompts} rows repeat an earlier prompt; they were kept in one fold with it");
        }

        text.AppendLine();
        AddTable(text, report);
        if (report.RiskCoverage.Count > 0)
        {
            AddCurve(text, report);
        }

        if (report.WithoutMarks is not null)
        {
            text.AppendLine().AppendLine("\"Without marks\" takes the data set's own marks (<<a=b>>, ####) out of the answers first; answers in production have none.");
        }

        return text.AppendLine().AppendLine(report.VerdictText).ToString();
    }

    private static void AddTable(StringBuilder text, ReplayReport report)
    {
        bool both = report.WithoutMarks is not null;
        text.AppendLine($"{"",-48}{"all features",-24}{(both ? "without marks" : "")}".TrimEnd());
        void Line(string name, Func<ReplayReport, Estimate> of, bool percent)
        {
            string second = both ? Cell(of(report.WithoutMarks!), percent) : "";
            text.AppendLine($"{name,-48}{Cell(of(report), percent),-24}{second}".TrimEnd());
        }

        Line("accuracy, weak model alone", r => r.WeakAccuracy, true);
        Line("accuracy, strong model alone", r => r.StrongAccuracy, true);
        if (report.RiskCoverage.Count == 0)
        {
            return;
        }

        Line("AUC, weak answer is wrong (chance 0.5)", r => r.AucWeakWrong, false);
        Line("APGR (random 0.5)", r => r.Apgr, false);
        Line("strong calls for 50 % of the gap, CPT(50 %)", r => r.Cpt50, true);
        Line("strong calls for 80 % of the gap, CPT(80 %)", r => r.Cpt80, true);
        Line("strong calls for 95 % of the gap", r => r.CallsAt95OfGap, true);
        Line("strong calls for 95 % of strong's accuracy", r => r.CallsAt95OfStrong, true);
        Line("  the same by a random choice", r => r.RandomCallsAt95OfStrong, true);
        Line("  saved against the random choice", r => r.CallsSavedOverRandom, true);
        if (report.CostAt95OfStrong.Value is not null)
        {
            Line("  cost of that, of the strong model's alone", r => r.CostAt95OfStrong, true);
        }

        Line("  threshold chosen on other folds: calls", r => r.HeldOutCalls, true);
        Line("    and the share of strong's accuracy reached", r => r.HeldOutShareOfStrong, true);
    }

    private static void AddCurve(StringBuilder text, ReplayReport report)
    {
        double highest = Math.Max(report.RiskCoverage.Max(p => p.Risk), 1e-9);
        text.AppendLine().AppendLine("risk (share wrong) among the weak answers kept, against coverage (share kept, surest first)");
        const int Height = 6;
        for (int row = Height - 1; row >= 0; row--)
        {
            string label = row == Height - 1 ? Percent(highest) : row == 0 ? "0 %" : "";
            text.Append(CultureInfo.InvariantCulture, $"{label,7} │");
            foreach (RiskCoveragePoint point in report.RiskCoverage)
            {
                double filled = (point.Risk / highest * Height) - row;
                text.Append(Bars[(int)Math.Clamp(Math.Round(filled * 8), 0, 8)]).Append(Bars[(int)Math.Clamp(Math.Round(filled * 8), 0, 8)]).Append(' ');
            }

            text.AppendLine();
        }

        text.AppendLine("        └" + new string('─', report.RiskCoverage.Count * 3));
        text.AppendLine("         5 %          25 %           50 %           75 %          100 %");
    }

    private static string Cell(Estimate estimate, bool percent)
    {
        string Text(double? value) => value is { } v ? percent ? (v * 100).ToString("0.0", CultureInfo.InvariantCulture) : v.ToString("0.000", CultureInfo.InvariantCulture) : "–";
        return estimate.Value is null ? "never reached" : $"{Text(estimate.Value)}{(percent ? " %" : "")} [{Text(estimate.Low)}–{Text(estimate.High)}]";
    }

    private static string Percent(double value) => (value * 100).ToString("0", CultureInfo.InvariantCulture) + " %";
}
