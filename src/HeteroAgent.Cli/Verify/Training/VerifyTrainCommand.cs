using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using HeteroAgent.Onnx;

namespace HeteroAgent.Cli;

/// <summary><c>verify train</c>: trains the process verifier on public data sets, and reports it by cross-validation.</summary>
internal static class VerifyTrainCommand
{
    internal static Command Create()
    {
        Option<string> data = new("--data") { Description = "The folder that holds processbench, agentprocessbench, verify-cot, bigbench-mistake and gsm8k, those that there are.", Required = true };
        Option<string?> output = new("--out") { Description = "The ONNX file to write; without it there is only the report." };
        Option<string?> report = new("--report") { Description = "A JSON file for the figures." };
        Option<bool> families = new("--families") { Description = "Measure with each family of writers left out as well (several times as long)." };
        Option<bool> skip = new("--no-report") { Description = "Train without measuring first." };
        Option<int> seed = new("--seed") { Description = "The seed of folds and trees.", DefaultValueFactory = static _ => 1 };
        Command command = new("train", "Train the process verifier on public data sets, split by question.") { data, output, report, families, skip, seed };
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(
            parsed.GetValue(data)!, parsed.GetValue(output), parsed.GetValue(report), parsed.GetValue(families), parsed.GetValue(skip), parsed.GetValue(seed), cancellationToken)));
        return command;
    }

    private static int Run(string data, string? output, string? report, bool families, bool skip, int seed, CancellationToken cancellationToken)
    {
        IReadOnlyList<CorpusTrace> traces = Corpus.Read(data);
        foreach (IGrouping<string, CorpusTrace> source in traces.GroupBy(static t => t.Source))
        {
            Terminal.WriteRemark($"{source.Key}: {source.Count()} traces, {source.Count(static t => t.Labeled.IsFlawed)} flawed");
        }

        ProcessVerifierTrainingOptions options = new() { Seed = seed };
        TrainingTable table = TrainingTable.Create([.. traces.Select(static t => t.Labeled)], options.Seed, cancellationToken);
        TraceScore[] held = ProcessVerifierTrainer.HeldOut(table, options, cancellationToken);
        if (!skip)
        {
            Measure(traces, table, held, options, report, families, cancellationToken);
        }

        if (output is not null)
        {
            byte[] file = ProcessVerifierTrainer.Finish(table, held, options, Properties(traces, seed), cancellationToken);
            string temporary = output + ".new";
            File.WriteAllBytes(temporary, file);
            File.Move(temporary, output, overwrite: true);
            Terminal.WriteRemark($"{output}: {Quantity.Bytes(file.Length)}");
        }

        return ExitCodes.Success;
    }

    private static void Measure(IReadOnlyList<CorpusTrace> traces, TrainingTable table, TraceScore[] held, ProcessVerifierTrainingOptions options, string? report, bool families, CancellationToken cancellationToken)
    {
        VerifierReport figures = new();
        figures.AddQuestions(CrossValidation.ByQuestion(traces, table, held, options));
        if (families)
        {
            figures.AddFamilies(CrossValidation.ByFamily(traces, table, options, cancellationToken));
        }

        figures.WriteText(Console.Out);
        if (report is not null)
        {
            using FileStream file = File.Create(report);
            using Utf8JsonWriter writer = new(file, new() { Indented = true });
            writer.WriteStartObject();
            writer.WriteString("command", "heteroagent verify train --data DATA --families");
            writer.WriteNumber("seed", options.Seed);
            writer.WriteNumber("folds", options.Folds);
            figures.WriteJson(writer);
            writer.WriteEndObject();
        }
    }

    private static Dictionary<string, string> Properties(IReadOnlyList<CorpusTrace> traces, int seed) => new()
    {
        ["heteroagent.data"] = string.Join(", ", traces.GroupBy(static t => t.Source).Select(static g => $"{g.Key} {g.Count()}")),
        ["heteroagent.seed"] = seed.ToString(CultureInfo.InvariantCulture),
    };
}
