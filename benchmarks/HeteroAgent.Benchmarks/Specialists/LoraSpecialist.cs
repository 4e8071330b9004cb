using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>An adapter on SmolLM2 from 43 SNIPS examples a tool and variations of them, before and after under the same constraint, beside an extractive model from the same examples.</summary>
internal static class LoraSpecialist
{
    private const int PerTool = 43;
    private const int Variations = 10;
    private const int EveryNth = 5;

    internal static async Task<BenchmarkResult> RunAsync(BenchmarkOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("specialist").FullName;
        string adapterFile = Path.Combine(folder, "calls.lora.gguf");
        string basePath = ModelFile.Find(options.ModelPath);
        IReadOnlyList<ExtractiveExample> examples = SnipsRequests.PerTool(PerTool, seed: 1);
        IReadOnlyList<ExtractiveExample> validation = SnipsRequests.Validation();
        ExtractiveSet set = ExtractiveSet.FromExamples(SnipsRequests.Training());
        TuningEvaluationOptions constrained = new() { Schema = SnipsRequests.Schema(set.Schema) };
        TuningSet some = SnipsRequests.Conversations(validation.Where((_, i) => i % EveryNth == 0));

        SpecialistProgress progress = new("lora");
        ModelTrainingOptions training = new();
        training.Training.Epochs = 1;
        training.Training.Threads = options.Threads;
        TuningResult result = await ModelTrainer.TrainAsync(basePath, SnipsRequests.Conversations(Vary(examples)), adapterFile, training, validation: null, progress).ConfigureAwait(false);
        JsonObject trained = SpecialistFigures.Of(result, progress.TokensPerSecond);

        TuningEvaluation before;
        TuningEvaluation after;
        LlamaModel model = await LlamaModel.LoadAsync(basePath).ConfigureAwait(false);
        await using (model.ConfigureAwait(false))
        {
            before = await TuningEvaluator.EvaluateAsync(model.AsIChatClient(), some, constrained).ConfigureAwait(false);
            LlamaAdapter adapter = await model.LoadAdapterAsync(adapterFile).ConfigureAwait(false);
            await using (adapter.ConfigureAwait(false))
            {
                after = await TuningEvaluator.EvaluateAsync(model.AsIChatClient(adapter), some, constrained).ConfigureAwait(false);
            }
        }

        TuningEvaluation extracted = await ExampleCounts.ExtractAsync(examples, validation, Path.Combine(folder, "calls.gguf")).ConfigureAwait(false);
        Directory.Delete(folder, recursive: true);
        JsonObject figures = new()
        {
            ["examples_per_tool"] = PerTool,
            ["variations"] = Variations,
            ["training"] = trained,
            ["before"] = SpecialistFigures.Of(before),
            ["after"] = SpecialistFigures.Of(after),
            ["extractive_from_the_same_examples"] = SpecialistFigures.Of(extracted),
        };
        string summary = $"specialist-lora: before {SpecialistFigures.Line(before)}; after {SpecialistFigures.Line(after)}; {trained["minutes"]} minutes at {trained["tokens_per_second"]} tokens/s; an extractive model from the same {examples.Count} examples: {SpecialistFigures.Line(extracted)}";
        return new BenchmarkResult("specialist-lora", summary, after.Tool?.Value >= 0.95 && after.Exact.Value >= 0.45, figures);
    }

    /// <summary>The examples as they are, and with values swapped and requests crossed among them: each is seen once, the examples as often as there are variations.</summary>
    private static List<ExtractiveExample> Vary(IReadOnlyList<ExtractiveExample> examples)
    {
        ExtractiveSet set = ExtractiveSet.FromExamples(examples);
        ExtractiveAugmenter augmenter = new(set, new ExtractiveAugmentation { SwapShare = 0.8, Noise = 0.2, TypingErrors = 0 }, seed: 1);
        return [.. set.Examples, .. Enumerable.Range(1, Variations - 1).SelectMany(epoch => Enumerable.Range(0, set.Examples.Count).Select(i => augmenter.Augment(i, epoch).Example))];
    }
}
