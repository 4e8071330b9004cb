using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary><c>tune --extract</c>: a specialist that labels a request's words.</summary>
internal sealed class ExtractMode : ITuningMode
{
    /// <summary>Where there is a time limit, as many epochs as fit are trained, at most these.</summary>
    private const int MostEpochs = 60;

    public string Option => "--extract";

    public async Task<TuneSummary> RunAsync(TuneRequest request, TuneData data, IProgress<TuningProgress> progress, CancellationToken cancellationToken)
    {
        ExtractiveSet train = Fitting(data.Train, "training");
        ExtractiveTrainingOptions options = new() { Teacher = request.Encoder, Models = request.Models ?? 1 };
        options.Training.Seed = request.Seed;
        options.Training.Resume = request.Resume;
        options.Training.CheckpointPath = request.Checkpoint;
        options.Training.BatchSize = Math.Clamp(train.Examples.Count / 40, 8, 64);
        options.Training.Epochs = request.Limit is null ? Epochs(train.Examples.Count) : MostEpochs;
        options.Training.MaxMinutes = request.Limit?.TotalMinutes / options.Models;
        TuningResult result = await ExtractiveTrainer.TrainAsync(train, request.Output, options, validation: null, progress, cancellationToken).ConfigureAwait(false);
        TuneSummary summary = new("extract", request.Output, train.Examples.Count)
        {
            Files = result.Files,
            Training =
            [
                new("steps", result.Steps, IsShare: false),
                new("loss", result.Losses.TakeLast(50).DefaultIfEmpty(float.NaN).Average(), IsShare: false),
                new("examples_that_do_not_fit", train.Rejected.Count, IsShare: false),
            ],
        };
        if (data.Evaluation is null)
        {
            return summary;
        }

        using ExtractiveModel model = await ExtractiveModel.LoadAsync(result.Files, options: null, cancellationToken).ConfigureAwait(false);
        TuningEvaluation after = await TuningEvaluator.EvaluateAsync(model.AsIChatClient(), data.Evaluation, new TuningEvaluationOptions { OfferTools = false }, progress: null, cancellationToken).ConfigureAwait(false);
        return summary with
        {
            EvaluationExamples = data.Evaluation.Examples.Count,
            Before = [new("tool", MostFrequent(train, data.Evaluation)), new("exact", 0)],
            After = TuneFigures.Of(after),
        };
    }

    /// <summary>Small sets need to be seen more often: about as many steps as 14 epochs of 13,000 examples, within limits.</summary>
    private static int Epochs(int examples) => Math.Clamp(14 + (int)(6000.0 / Math.Max(1, examples) * 3), 14, MostEpochs);

    private static ExtractiveSet Fitting(TuningSet set, string what)
    {
        ExtractiveSet fitting = set.ToExtractive();
        const int Shown = 5;
        foreach (RejectedLine line in fitting.Rejected.Take(Shown))
        {
            Terminal.WriteRemark(Terminal.OneLine($"{what} line {line.Number} does not fit extraction: {line.Reason}"));
        }

        if (fitting.Rejected.Count > Shown)
        {
            Terminal.WriteRemark($"{fitting.Rejected.Count - Shown} more {what} lines do not fit extraction.");
        }

        return fitting;
    }

    /// <summary>What naming the most frequent tool every time would reach.</summary>
    private static double MostFrequent(ExtractiveSet train, TuningSet evaluation)
    {
        string tool = train.Examples.GroupBy(e => e.Tool, StringComparer.Ordinal).MaxBy(g => g.Count())!.Key;
        IReadOnlyList<ExtractiveExample> fitting = evaluation.ToExtractive(train.ClosedSlots).Examples;
        return (double)fitting.Count(e => e.Tool == tool) / evaluation.Examples.Count;
    }
}
