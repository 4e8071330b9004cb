using System.CommandLine;
using System.Diagnostics;

namespace HeteroAgent.Cli;

/// <summary><c>tune</c>: trains a specialist from examples.</summary>
internal static class TuneCommand
{
    internal const string Name = "tune";

    /// <summary>The modes of this build.</summary>
    private static readonly ITuningMode[] Modes =
    [
        new ExtractMode(),
        new ClassifyMode(),
        new LoraMode(),
        new ScratchMode(),
    ];

    internal static Command Create()
    {
        Option<string> data = new("--data") { Description = "The training examples, JSON lines.", Required = true, HelpName = "train.jsonl" };
        Option<string?> evaluation = new("--eval") { Description = "Examples to measure on, before and after; none of them may be among the training examples.", HelpName = "eval.jsonl" };
        Option<bool> extract = new("--extract") { Description = "Train a specialist that labels a request's words." };
        Option<bool> classify = new("--classify") { Description = "Train a linear head over sentence embeddings; needs --encoder." };
        Option<string?> encoder = new("--encoder") { Description = "The embedding model of --classify; with --extract, one that is fine-tuned first and then teaches.", HelpName = "model.gguf" };
        Option<bool> lora = new("--lora") { Description = "Train an adapter; needs --base." };
        Option<string?> baseModel = new("--base") { Description = "The model that --lora adapts.", HelpName = "model.gguf" };
        Option<string?> scratch = new("--scratch") { Description = "Train a model from nothing, of this shape; needs --vocab.", HelpName = "SHAPE" };
        Option<int?> vocabulary = new("--vocab") { Description = "The size of the vocabulary of --scratch.", HelpName = "N" };
        Option<string> output = new("--out") { Description = "The file to write.", Required = true, HelpName = "FILE" };
        Option<double?> minutes = new("--minutes") { Description = "The most time to train.", HelpName = "M" };
        Option<bool> resume = new("--resume") { Description = "Go on from the checkpoint beside the output." };
        Option<int?> models = new("--models") { Description = "How many models --extract trains, to be averaged. [default: 1]", HelpName = "N" };
        Option<int> seed = new("--seed") { Description = "The seed of whatever is drawn.", DefaultValueFactory = static _ => 1 };
        Option<bool> json = new("--json") { Description = "Print the summary as one JSON object." };
        Command command = new(Name, "Train a specialist from examples: a classifier, an extractive model, an adapter or a small model.")
        {
            data, evaluation, extract, classify, encoder, baseModel, lora, scratch, vocabulary, output, minutes, resume, models, seed, json,
        };
        command.Subcommands.Add(TuneStarterCommand.Create());
        command.SetAction((parsed, _) =>
        {
            (string Option, bool IsChosen, string? Companion, bool HasCompanion)[] modes =
            [
                ("--extract", parsed.GetValue(extract), null, false),
                ("--classify", parsed.GetValue(classify), "--encoder", parsed.GetValue(encoder) is not null),
                ("--lora", parsed.GetValue(lora), "--base", parsed.GetValue(baseModel) is not null),
                ("--scratch", parsed.GetValue(scratch) is not null, "--vocab", parsed.GetValue(vocabulary) is not null),
            ];
            ITuningMode mode = Choose(modes);
            if (parsed.GetValue(models) is { } many && (!parsed.GetValue(extract) || many is < 1 or > 8))
            {
                throw new UsageException($"--models is {many}; it goes with --extract, and a number from 1 to 8 was expected.");
            }

            double? limit = parsed.GetValue(minutes);
            if (limit is { } m && !(m > 0 && double.IsFinite(m) && m <= TimeSpan.FromDays(365).TotalMinutes))
            {
                throw new UsageException($"--minutes is {m}; a number above 0 was expected.");
            }

            TuneRequest request = new(
                Path.GetFullPath(parsed.GetValue(output)!),
                parsed.GetValue(encoder),
                parsed.GetValue(baseModel),
                parsed.GetValue(scratch),
                parsed.GetValue(vocabulary),
                limit is { } most ? TimeSpan.FromMinutes(most) : null,
                parsed.GetValue(resume),
                parsed.GetValue(seed))
            {
                Models = parsed.GetValue(models),
            };
            return RunAsync(mode, request, parsed.GetValue(data)!, parsed.GetValue(evaluation), parsed.GetValue(json));
        });
        return command;
    }

    private static ITuningMode Choose((string Option, bool IsChosen, string? Companion, bool HasCompanion)[] modes)
    {
        var chosen = modes.Where(static m => m.IsChosen).ToArray();
        if (chosen.Length != 1)
        {
            string found = chosen.Length == 0 ? "None" : string.Join(" and ", chosen.Select(static m => m.Option));
            throw new UsageException($"{found} of the modes {(chosen.Length == 0 ? "is" : "are")} chosen; exactly one of --extract, --classify (with --encoder), --lora (with --base) and --scratch (with --vocab) was expected.");
        }

        if (modes.FirstOrDefault(m => !m.IsChosen && m.HasCompanion && !(m.Companion == "--encoder" && chosen[0].Option == "--extract")) is { Companion: { } stray } other)
        {
            throw new UsageException($"{stray} belongs to {other.Option}, and {chosen[0].Option} is chosen.");
        }

        return chosen[0] is { Companion: { } companion, HasCompanion: false } ? throw new UsageException($"{chosen[0].Option} needs {companion}.")
            : Modes.FirstOrDefault(m => m.Option == chosen[0].Option) ?? throw new UsageException($"{chosen[0].Option} is not part of this build.");
    }

    private static async Task<int> RunAsync(ITuningMode mode, TuneRequest request, string data, string? evaluation, bool json)
    {
        using Interruption interruption = new();
        return await interruption.RunAsync(cancellationToken => TrainAsync(mode, request, data, evaluation, json, cancellationToken)).ConfigureAwait(false);
    }

    private static async Task<int> TrainAsync(ITuningMode mode, TuneRequest request, string data, string? evaluation, bool json, CancellationToken cancellationToken)
    {
        TuneData examples = await TuneData.ReadAsync(data, evaluation, cancellationToken).ConfigureAwait(false);
        long start = Stopwatch.GetTimestamp();
        TuneSummary summary = await TuneView.RunAsync(mode.Option.TrimStart('-'), progress => mode.RunAsync(request, examples, progress, cancellationToken)).ConfigureAwait(false);
        summary = summary with { Elapsed = Stopwatch.GetElapsedTime(start) };
        if (json)
        {
            summary.WriteJson();
        }
        else
        {
            summary.WriteText(Console.Out);
        }

        return ExitCodes.Success;
    }
}
