using System.Globalization;
using Spectre.Console;

namespace Assistant;

/// <summary>What a person sees: progress while it works and a table at the end; plain lines where the output is redirected.</summary>
internal static class Report
{
    private const int PlainWidth = 120;

    private static bool IsTerminal => !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;

    public static async Task<T> WithProgressAsync<T>(string what, int total, Func<Action<int>, Task<T>> work)
    {
        if (IsTerminal)
        {
            return await AnsiConsole.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
                .StartAsync(context =>
                {
                    ProgressTask task = context.AddTask(Markup.Escape(what), maxValue: total);
                    return work(done => task.Value = done);
                });
        }

        int step = Math.Max(1, total / 7);
        return await work(done =>
        {
            if (done % step == 0 || done == total)
            {
                Console.WriteLine(FormattableString.Invariant($"{what}: {done} of {total}"));
            }
        });
    }

    public static void Write(IReadOnlyList<Summary> summaries, bool isRecorded, string frontier)
    {
        if (!IsTerminal)
        {
            AnsiConsole.Profile.Width = PlainWidth;
        }

        Table table = new() { Border = IsTerminal ? TableBorder.Rounded : TableBorder.Ascii };
        table.AddColumn("");
        foreach (Summary summary in summaries)
        {
            table.AddColumn(new TableColumn(Markup.Escape(summary.Model)).RightAligned());
        }

        Row("requests", s => s.Outcomes.Count.ToString(CultureInfo.InvariantCulture));
        Row("right tool, local alone", s => Percent(s.ToolAccuracyLocal));
        Row("exact call, local alone", s => Percent(s.ExactAccuracyLocal));
        Row("exact call, local and frontier", s => Percent(s.ExactAccuracyHetero));
        Row("exact call, frontier alone", s => Percent(s.FrontierAlone.ExactShare));
        Row("kept local", s => Percent(s.LocalShare));
        Row("valid calls, local alone", s => Percent(s.ValidShare));
        Row("$ per 1,000, local and frontier", s => Dollars(s.CostHetero));
        Row("$ per 1,000, frontier alone", s => Dollars(s.FrontierAlone.CostPer1000));
        Row("saving", s => Percent(s.Saving));
        Row("p50 / p95, ms", s => FormattableString.Invariant($"{s.Percentile(0.5):0.0} / {s.Percentile(0.95):0.0}"));
        Row("tokens a second, local", s => s.TokensPerSecond.ToString("N0", CultureInfo.InvariantCulture));
        AnsiConsole.Write(table);
        Console.WriteLine($"Frontier: {frontier}.");
        if (isRecorded)
        {
            Console.WriteLine("No frontier model was asked: it is a recording that gives the labelled answer and takes no time. Its cost is an estimate (four characters a token).");
        }

        Console.WriteLine(FormattableString.Invariant($"Escalated below a confidence of {summaries[0].Threshold:0.000}. The curve for {summaries[0].Model}, if the frontier model is always right:"));
        foreach ((double threshold, double escalated, double exact) in summaries[0].Curve())
        {
            Console.WriteLine(FormattableString.Invariant($"  below {threshold:0.00}: {escalated * 100,5:0.0} % escalated, {exact * 100:0.0} % exact"));
        }

        if (summaries.Count > 1)
        {
            Console.WriteLine($"The threshold was chosen for the specialist; what {summaries[1].Model} keeps with it is no fair measure of that model, its calls alone are.");
        }

        void Row(string name, Func<Summary, string> value) => table.AddRow([Markup.Escape(name), .. summaries.Select(s => Markup.Escape(value(s)))]);
    }

    private static string Percent(double? share) => share is { } s ? string.Create(CultureInfo.InvariantCulture, $"{s * 100:0.0} %") : "not known";

    private static string Dollars(decimal? cost) => cost is { } c ? c.ToString("0.000", CultureInfo.InvariantCulture) : "no price";
}
