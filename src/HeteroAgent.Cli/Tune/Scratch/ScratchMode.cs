using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary><c>tune --scratch</c>: a small model from nothing, with a vocabulary of its own.</summary>
internal sealed class ScratchMode : ITuningMode
{
    private const int MostEpochs = 40;

    public string Option => "--scratch";

    public async Task<TuneSummary> RunAsync(TuneRequest request, TuneData data, IProgress<TuningProgress> progress, CancellationToken cancellationToken)
    {
        ScratchShape shape;
        try
        {
            shape = ScratchShape.Parse(request.Shape!);
        }
        catch (FormatException e)
        {
            throw new UsageException($"--scratch: {e.Message}");
        }

        string start = request.Output + ".start";
        if (!request.Resume || !File.Exists(start))
        {
            BytePairVocabulary vocabulary = BytePairVocabulary.Learn(Texts(data.Train), new BytePairVocabularyOptions { Size = request.Vocabulary!.Value }, cancellationToken);
            ScratchModel.Create(start, shape, vocabulary, request.Seed);
        }

        ModelTrainingOptions options = new() { Lora = null };
        options.Training.Seed = request.Seed;
        options.Training.Resume = request.Resume;
        options.Training.CheckpointPath = request.Checkpoint;
        options.Training.BatchSize = Math.Clamp(data.Train.Examples.Count / 40, 4, 32);
        options.Training.LearningRate = 2e-3;
        options.Training.WeightDecay = 0.1;
        options.Training.WarmupSteps = 200;
        options.Training.Epochs = request.Limit is null ? 10 : MostEpochs;
        options.Training.MaxMinutes = request.Limit?.TotalMinutes;
        TuningResult result = await ModelTrainer.TrainAsync(start, data.Train, request.Output, options, data.Evaluation, progress, cancellationToken).ConfigureAwait(false);
        TuneSummary summary = new("scratch", request.Output, result.Examples) { Training = GenerativeFigures.Of(result) };
        if (data.Evaluation is not null)
        {
            summary = summary with
            {
                EvaluationExamples = data.Evaluation.Examples.Count,
                Before = TuneFigures.Of(await MeasureAsync(start, data.Evaluation, cancellationToken).ConfigureAwait(false)),
                After = TuneFigures.Of(await MeasureAsync(request.Output, data.Evaluation, cancellationToken).ConfigureAwait(false)),
            };
        }

        File.Delete(start);
        return summary;
    }

    private static async Task<TuningEvaluation> MeasureAsync(string file, TuningSet evaluation, CancellationToken cancellationToken)
    {
        using LlamaModel model = await LlamaModel.LoadAsync(file, cancellationToken: cancellationToken).ConfigureAwait(false);
        return await TuningEvaluator.EvaluateAsync(model.AsIChatClient(), evaluation, new TuningEvaluationOptions { MaxOutputTokens = 128 }, progress: null, cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<string> Texts(TuningSet set) => set.Examples.SelectMany(e => e.Messages).Select(m => m.Text).Where(t => t.Length > 0);
}
