using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>A model of the starter's size that writes the call instead of labelling the words, from all SNIPS examples, through the ordinary engine.</summary>
internal static class ScratchSpecialist
{
    private const int EveryNth = 5;
    private const double Minutes = 6;

    internal static async Task<BenchmarkResult> RunAsync(BenchmarkOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("specialist").FullName;
        string start = Path.Combine(folder, "start.gguf");
        string file = Path.Combine(folder, "calls.gguf");
        IReadOnlyList<ExtractiveExample> examples = [.. SnipsRequests.Training().DistinctBy(e => e.Request)];
        TuningSet train = SnipsRequests.Conversations(examples);
        BytePairVocabulary vocabulary = BytePairVocabulary.Learn(train.Examples.SelectMany(e => e.Messages).Select(m => m.Text), new BytePairVocabularyOptions { Size = 2050 });
        ScratchModel.Create(start, new ScratchShape(128, 4) { ContextLength = 512 }, vocabulary);
        SpecialistProgress progress = new("scratch");
        ModelTrainingOptions training = new() { Lora = null };
        training.Training.Epochs = 14;
        training.Training.BatchSize = 64;
        training.Training.LearningRate = 2e-3;
        training.Training.WarmupSteps = 200;
        training.Training.WeightDecay = 0.1;
        training.Training.MaxMinutes = Minutes;
        TuningResult result = await ModelTrainer.TrainAsync(start, train, file, training, validation: null, progress).ConfigureAwait(false);
        JsonObject trained = SpecialistFigures.Of(result, progress.TokensPerSecond);

        ExtractiveSet set = ExtractiveSet.FromExamples(examples);
        TuningSet some = SnipsRequests.Conversations(SnipsRequests.Validation().Where((_, i) => i % EveryNth == 0));
        TuningEvaluation evaluation;
        LlamaModel model = await LlamaModel.LoadAsync(file).ConfigureAwait(false);
        await using (model.ConfigureAwait(false))
        {
            evaluation = await TuningEvaluator.EvaluateAsync(model.AsIChatClient(), some, new TuningEvaluationOptions { Schema = SnipsRequests.Schema(set.Schema) }).ConfigureAwait(false);
        }

        Directory.Delete(folder, recursive: true);
        JsonObject figures = new() { ["training"] = trained, ["constrained_with_spans"] = SpecialistFigures.Of(evaluation) };
        return new BenchmarkResult("specialist-scratch", $"specialist-scratch: a generating model of the starter's size: {SpecialistFigures.Line(evaluation)}; {trained["minutes"]} minutes at {trained["tokens_per_second"]} tokens/s", Met: true, figures);
    }
}
