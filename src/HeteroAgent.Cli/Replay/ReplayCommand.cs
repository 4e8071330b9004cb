using System.CommandLine;
using HeteroAgent.Starter;

namespace HeteroAgent.Cli;

/// <summary><c>replay</c>: what escalation would have cost and gained on a log of two models' answers.</summary>
internal static class ReplayCommand
{
    internal const string Name = "replay";

    internal static Command Create()
    {
        Argument<string> log = new("LOG") { Description = "The log: JSON lines of {\"id\", \"prompt\", \"weak\": {\"answer\", \"correct\", \"cost\"?}, \"strong\": {\"answer\"?, \"correct\", \"cost\"?}}, or a .csv file." };
        Option<string?> fit = new("--fit") { Description = "Fit everything on this log and measure on LOG; without it, everything is fitted out of fold on LOG.", HelpName = "LOG2" };
        Option<bool> stripMarks = new("--strip-marks") { Description = "Take the data's own marks (<<a=b>> and ####) out of the answers first. Without it, both ways are reported." };
        Option<bool> noPrior = new("--no-prior") { Description = "Leave out what the starter's prior knows about worked arithmetic; only the log's own rows teach." };
        Option<int> seed = new("--seed") { Description = "The seed of folds, trees and bootstrap.", DefaultValueFactory = _ => 0 };
        Option<bool> json = new("--json") { Description = "Print one JSON object." };
        Command command = new(Name, "Say from a log of a weak and a strong model's answers whether routing between them pays, and what it saves.") { log, fit, stripMarks, noPrior, seed, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(log)!,
            parsed.GetValue(fit),
            new ReplayOptions { UseMarks = !parsed.GetValue(stripMarks), Seed = parsed.GetValue(seed), Prior = parsed.GetValue(noPrior) ? null : StarterAnswerPrior.Load() },
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string path, string? fitPath, ReplayOptions options, bool json, CancellationToken cancellationToken)
    {
        ReplayLog log = await ReadAsync(path, cancellationToken).ConfigureAwait(false);
        ReplayLog? fit = fitPath is null ? null : await ReadAsync(fitPath, cancellationToken).ConfigureAwait(false);

        // The fitting computes without a pause: on a thread of its own, so that Ctrl-C ends it between two models.
        ReplayReport report = await Task.Run(
            () => fit is null ? ReplayEvaluator.Evaluate(log, options, cancellationToken) : ReplayEvaluator.Evaluate(log, fit, options, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonLine.Write(writer => ReplayJson.Write(writer, report));
        }
        else
        {
            Console.Out.Write(ReplayText.Format(log, report));
        }

        return ExitCodes.Success;
    }

    private static async Task<ReplayLog> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (path.Length == 0)
        {
            throw new UsageException("The name of the log is empty.");
        }

        if (Directory.Exists(path))
        {
            throw new UsageException($"{path} is a folder; expected a log file.");
        }

        return await ReplayLog.ReadAsync(path, cancellationToken).ConfigureAwait(false);
    }
}
