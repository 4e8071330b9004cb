using System.Globalization;
using HeteroAgent;
using Microsoft.Extensions.AI;
using Spectre.Console;

namespace SupportDesk;

/// <summary>What a person sees: coloured and framed in a terminal, plain lines where the output is redirected.</summary>
internal sealed class Report
{
    private const int PlainWidth = 120;
    private const string Indent = "    ";
    private readonly IAnsiConsole _console;
    private readonly bool _plain = Console.IsOutputRedirected;

    public Report(TextWriter output)
    {
        _console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output), Ansi = _plain ? AnsiSupport.No : AnsiSupport.Detect });
        if (_plain)
        {
            _console.Profile.Width = PlainWidth;
        }
    }

    public void Opening(SupportDeskOptions options, string documents, string? localModel, string verifier)
    {
        Title("The support desk");
        Field("documents", documents + " [live]");
        Field("small model", localModel is null ? "scripted: the drafts were written by hand for this sample [not a model]" : $"{localModel}, in this process [live]");
        Field("frontier", options.IsScripted ? $"scripted: its answers were written by hand for this sample; priced as {options.FrontierModel}, four characters a token [not a model]" : $"{options.FrontierModel} ({options.Frontier}) [live]");
        Field("verifier", verifier + " [live]");
        Field("live too", "grounding, the decision to escalate, the step-by-step stream, the ledger");
    }

    public void Question(SupportQuestion question, IReadOnlyList<RetrievedPassage> passages)
    {
        Title(question.Title);
        Field("customer", question.Question);
        Field("found", string.Join('\n', passages.Select(static (p, i) => string.Create(CultureInfo.InvariantCulture, $"[{i + 1}] {p.Title}"))));
    }

    public void Answer(Answer answer)
    {
        Draft(answer.Draft);
        bool escalated = answer.Response.GetRoute() == Routes.Frontier;
        EscalationRecord? record = answer.Response.GetEscalation();
        Field("route", escalated ? $"handed up to the frontier model: {record?.Reason} ({record?.Detail})" : "kept: every step passed", escalated ? "yellow" : "green");
        Field("answer", answer.Response.Text, "bold");
        Citations(answer.Response);
    }

    public async Task StreamAsync(IAsyncEnumerable<ChatResponseUpdate> updates)
    {
        List<ChatResponseUpdate> all = [];
        string? speaker = null;
        bool startsLine = true;
        await foreach (ChatResponseUpdate update in updates)
        {
            all.Add(update);
            if (update.Text.Length == 0)
            {
                continue;
            }

            string route = update.GetRoute() ?? "";
            if (route != speaker)
            {
                _console.Write(new Text($"  {(route == Routes.Local ? "small model, step by step as each passes" : "frontier model, from the failing step on")}\n", new Style(Color.Grey)));
                speaker = route;
                startsLine = true;
            }

            string indented = update.Text.TrimEnd('\n').Replace("\n", "\n" + Indent, StringComparison.Ordinal);
            _console.Write(new Text((startsLine ? Indent : "") + indented + (update.Text.EndsWith('\n') ? "\n" : ""), Colour(route)));
            startsLine = update.Text.EndsWith('\n');
        }

        _console.WriteLine();
        ChatResponse response = all.ToChatResponse();
        if (response.GetEscalation() is { Reason: { } reason } record)
        {
            Field("route", $"handed over; steps kept: {record.PrefixSteps}; {reason} ({record.Detail})", "yellow");
        }
        else
        {
            Field("route", "kept: every step passed", "green");
        }

        Citations(response);
    }

    public void Ledger(LedgerSnapshot snapshot, SupportDeskOptions options)
    {
        Title("The ledger");
        _console.Write(new Text(snapshot.ToTable()));
        _console.WriteLine();
        if (options.IsScripted)
        {
            _console.WriteLine("Tokens are an estimate (four characters a token): no model was asked.");
        }
    }

    private void Draft(ChatResponse draft)
    {
        string[] lines = draft.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        VerificationResult? result = draft.GetVerification();
        Field("draft", string.Join('\n', lines.Select((line, i) => result is not null && i < result.Steps.Count
            ? string.Create(CultureInfo.InvariantCulture, $"{result.Steps[i].Score:0.00}  {line}")
            : line)));
        if (draft.GetGrounding() is { } grounding)
        {
            Field("grounded", string.Create(CultureInfo.InvariantCulture, $"{grounding:0.00} of what it says stands in the passages") + string.Concat(draft.GetUnsupportedClaims().Select(static c => "\n" + c)), grounding < 0.5 ? "red" : "green");
        }

        if (result is not null)
        {
            Field("verified", string.Create(CultureInfo.InvariantCulture, $"integrity {result.IntegrityScore:0.00}{(result.FirstError >= 0 ? $", first error in step {result.FirstError + 1}" : "")}{(result.IsAbstained ? ", abstained" : "")}")
                + string.Concat(result.Reasons.Select(static r => "\n" + r.Text)), result.FirstError >= 0 ? "red" : "green");
        }
    }

    private void Citations(ChatResponse response)
    {
        if (response.GetCitations() is { Count: > 0 } citations)
        {
            Field("sources", string.Join('\n', citations.Select(static c => $"[{c.Number}] {c.Passage.Title}")));
        }
    }

    private void Title(string title)
    {
        _console.WriteLine();
        if (_plain)
        {
            _console.WriteLine("== " + title);
        }
        else
        {
            _console.Write(new Rule($"[bold]{Markup.Escape(title)}[/]").LeftJustified());
        }
    }

    private void Field(string name, string value, string style = "default")
    {
        Grid grid = new();
        _ = grid.AddColumn(new GridColumn().Width(12).NoWrap().PadLeft(2)).AddColumn(new GridColumn());
        _ = grid.AddRow(new Text(name, new Style(Color.Grey)), new Text(value, Style.Parse(style)));
        _console.Write(grid);
    }

    private static Style Colour(string route) => new(route == Routes.Local ? Color.Green : Color.Blue);
}
