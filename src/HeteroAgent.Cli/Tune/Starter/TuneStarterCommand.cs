using System.CommandLine;
using System.Text.Json;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary><c>tune starter</c>: trains the models of the HeteroAgent.Starter package again, from the SNIPS benchmark.</summary>
internal static class TuneStarterCommand
{
    internal const string Name = "starter";

    internal static Command Create()
    {
        Option<string> data = new("--data") { Description = "The folder of the SNIPS benchmark, with its files train_*_full.json.", HelpName = "FOLDER", Required = true };
        Option<string> heldOut = new("--held-out") { Description = "JSON lines whose requests are not trained on but measured on after every epoch.", HelpName = "FILE", Required = true };
        Option<string?> encoder = new("--encoder") { Description = "An encoder of the BERT family that is fine-tuned first and then teaches.", HelpName = "model.gguf" };
        Option<string> output = new("--out") { Description = "The file to write; further models, the log and its plot stand beside it.", HelpName = "FILE", Required = true };
        Option<int> models = new("--models") { Description = "How many models are trained, to be averaged.", HelpName = "N", DefaultValueFactory = static _ => 3 };
        Option<int> epochs = new("--epochs") { Description = "How often a model sees every example.", HelpName = "N", DefaultValueFactory = static _ => 26 };
        Option<int?> perTool = new("--per-tool") { Description = "Train on only so many examples a tool, the first of each. [default: all]", HelpName = "N" };
        Option<int> seed = new("--seed") { Description = "The seed of whatever is drawn.", DefaultValueFactory = static _ => 1 };
        Option<bool> resume = new("--resume") { Description = "Go on from the checkpoints beside the output." };
        Option<bool> json = new("--json") { Description = "Print the summary as one JSON object." };
        Command command = new(Name, "Train the starter's models again from the SNIPS benchmark.") { data, heldOut, encoder, output, models, epochs, perTool, seed, resume, json };
        command.SetAction((parsed, _) =>
        {
            ExtractiveTrainingOptions options = new() { Models = parsed.GetValue(models), Teacher = parsed.GetValue(encoder) };
            options.Training.Epochs = parsed.GetValue(epochs);
            options.Training.Seed = parsed.GetValue(seed);
            options.Training.Resume = parsed.GetValue(resume);
            string file = Path.GetFullPath(parsed.GetValue(output)!);
            options.Training.CheckpointPath = file + ".checkpoint";
            return RunAsync(parsed.GetValue(data)!, parsed.GetValue(heldOut)!, parsed.GetValue(perTool), file, options, parsed.GetValue(json));
        });
        return command;
    }

    private static async Task<int> RunAsync(string folder, string heldOut, int? perTool, string output, ExtractiveTrainingOptions options, bool json)
    {
        using Interruption interruption = new();
        return await interruption.RunAsync(async cancellationToken =>
        {
            HashSet<string> held = [.. File.ReadLines(heldOut).Where(l => l.Length > 0).Select(Request)];
            IEnumerable<ExtractiveExample> examples = SnipsData.ReadTraining(folder, held);
            if (perTool is { } most)
            {
                examples = examples.GroupBy(e => e.Tool).SelectMany(g => g.Take(most));
            }

            ExtractiveSet train = ExtractiveSet.FromExamples(examples);
            ExtractiveSet validation = ExtractiveSet.FromExamples(SnipsData.ReadTraining(folder).Where(e => held.Contains(SnipsData.Plain(e.Request))).DistinctBy(e => e.Request));
            TrainingLog log = new();
            TuningResult result = await TuneView.RunAsync("starter", progress => ExtractiveTrainer.TrainAsync(train, output, options, validation, new Tee(progress, log), cancellationToken)).ConfigureAwait(false);
            await File.WriteAllTextAsync(Path.ChangeExtension(output, ".training.svg"), TrainingPlot.Draw(log), cancellationToken).ConfigureAwait(false);
            TuneSummary summary = new("starter", output, result.Examples)
            {
                Files = result.Files,
                Training = [new("steps", result.Steps, IsShare: false), new("held_out_exact_of_the_last_model", result.ValidationMetric ?? double.NaN), new("minutes", log.Minutes, IsShare: false)],
                Elapsed = TimeSpan.FromMinutes(log.Minutes),
            };
            if (json)
            {
                summary.WriteJson();
            }
            else
            {
                summary.WriteText(Console.Out);
            }

            return ExitCodes.Success;
        }).ConfigureAwait(false);
    }

    private static string Request(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return SnipsData.Plain(document.RootElement.GetProperty("request").GetString()!);
    }

    private sealed class Tee(IProgress<TuningProgress> shown, TrainingLog log) : IProgress<TuningProgress>
    {
        public void Report(TuningProgress value)
        {
            log.Add(value);
            shown.Report(value);
        }
    }
}
