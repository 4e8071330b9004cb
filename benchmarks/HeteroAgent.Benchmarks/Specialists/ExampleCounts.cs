using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>What an extractive model reaches on SNIPS' validation requests from 25 to 1,000 examples a tool.</summary>
internal static class ExampleCounts
{
    private static readonly int[] Counts = [25, 50, 100, 300, 1000];

    internal static async Task<BenchmarkResult> RunAsync(BenchmarkOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("specialist").FullName;
        IReadOnlyList<ExtractiveExample> validation = SnipsRequests.Validation();
        JsonObject figures = [];
        List<string> lines = [];
        foreach (int count in Counts)
        {
            TuningEvaluation evaluation = await ExtractAsync(SnipsRequests.PerTool(count, seed: 1), validation, Path.Combine(folder, $"{count}.gguf")).ConfigureAwait(false);
            figures[count.ToString(System.Globalization.CultureInfo.InvariantCulture)] = SpecialistFigures.Of(evaluation);
            lines.Add($"{count} a tool: {SpecialistFigures.Line(evaluation)}");
            Console.Error.WriteLine(lines[^1]);
        }

        Directory.Delete(folder, recursive: true);
        return new BenchmarkResult("specialist-sizes", $"specialist-sizes: {string.Join("; ", lines)}", Met: true, figures);
    }

    /// <summary>Trains one model as <c>tune --extract</c> does and measures it.</summary>
    internal static async Task<TuningEvaluation> ExtractAsync(IReadOnlyList<ExtractiveExample> examples, IReadOnlyList<ExtractiveExample> validation, string file)
    {
        // As often as a large set is seen, within limits.
        int epochs = Math.Clamp(18_000 / examples.Count, 14, 60);
        ExtractiveTrainingOptions training = new();
        training.Training.Epochs = epochs;
        training.Training.BatchSize = Math.Clamp(examples.Count / 40, 8, 64);
        await ExtractiveTrainer.TrainAsync(ExtractiveSet.FromExamples(examples), file, training, validation: null, new SpecialistProgress($"extract {examples.Count}")).ConfigureAwait(false);
        using ExtractiveModel model = await ExtractiveModel.LoadAsync(file).ConfigureAwait(false);
        return await TuningEvaluator.EvaluateAsync(model.AsIChatClient(), HeteroAgent.Cli.SnipsData.ToTuningSet(validation), new TuningEvaluationOptions { OfferTools = false }).ConfigureAwait(false);
    }
}
