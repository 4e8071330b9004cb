using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary><c>tune --lora</c>: an adapter over a base that stays as it is.</summary>
internal sealed class LoraMode : ITuningMode
{
    private const int MostEpochs = 20;

    public string Option => "--lora";

    public async Task<TuneSummary> RunAsync(TuneRequest request, TuneData data, IProgress<TuningProgress> progress, CancellationToken cancellationToken)
    {
        ModelTrainingOptions options = new();
        options.Training.Seed = request.Seed;
        options.Training.Resume = request.Resume;
        options.Training.CheckpointPath = request.Checkpoint;
        options.Training.Epochs = request.Limit is null ? options.Training.Epochs : MostEpochs;
        options.Training.MaxMinutes = request.Limit?.TotalMinutes;
        TuningResult result = await ModelTrainer.TrainAsync(request.Base!, data.Train, request.Output, options, data.Evaluation, progress, cancellationToken).ConfigureAwait(false);
        TuneSummary summary = new("lora", request.Output, result.Examples) { Training = GenerativeFigures.Of(result) };
        if (data.Evaluation is null)
        {
            return summary;
        }

        using LlamaModel model = await LlamaModel.LoadAsync(request.Base!, cancellationToken: cancellationToken).ConfigureAwait(false);
        TuningEvaluationOptions measures = new();
        TuningEvaluation before = await TuningEvaluator.EvaluateAsync(model.AsIChatClient(), data.Evaluation, measures, progress: null, cancellationToken).ConfigureAwait(false);
        using LlamaAdapter adapter = await model.LoadAdapterAsync(request.Output, cancellationToken).ConfigureAwait(false);
        TuningEvaluation after = await TuningEvaluator.EvaluateAsync(model.AsIChatClient(adapter), data.Evaluation, measures, progress: null, cancellationToken).ConfigureAwait(false);
        return summary with { EvaluationExamples = data.Evaluation.Examples.Count, Before = TuneFigures.Of(before), After = TuneFigures.Of(after) };
    }
}
