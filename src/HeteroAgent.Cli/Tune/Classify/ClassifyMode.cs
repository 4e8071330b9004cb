using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Cli;

/// <summary><c>tune --classify</c>: a linear head over sentence embeddings. It is fitted in one go, in seconds, so that a time limit and going on from a checkpoint change nothing.</summary>
internal sealed class ClassifyMode : ITuningMode
{
    public string Option => "--classify";

    public async Task<TuneSummary> RunAsync(TuneRequest request, TuneData data, IProgress<TuningProgress> progress, CancellationToken cancellationToken)
    {
        using OutputLock held = OutputLock.Take(request.Output);
        using LlamaModel model = await LlamaModel.LoadAsync(request.Encoder!, cancellationToken: cancellationToken).ConfigureAwait(false);
        using IEmbeddingGenerator<string, Embedding<float>> encoder = model.AsIEmbeddingGenerator(new LlamaEmbeddingOptions { Truncate = true });
        ClassifierHead head = await ClassifierTrainer.TrainAsync(data.Train, encoder, new ClassifierTrainingOptions { Seed = request.Seed }, progress, cancellationToken).ConfigureAwait(false);
        await head.SaveAsync(request.Output, cancellationToken).ConfigureAwait(false);
        TuneSummary summary = new("classify", request.Output, head.ExampleCount) { Training = Figures(head) };
        return data.Evaluation is null ? summary : await MeasureAsync(summary, request.Output, encoder, data, cancellationToken).ConfigureAwait(false);
    }

    private static List<TuneFigure> Figures(ClassifierHead head)
    {
        List<TuneFigure> figures = [new("labels", head.Labels.Count, IsShare: false), new("temperature", head.Temperature, IsShare: false)];
        if (head.HeldOut is { } held)
        {
            figures.Add(new("held_out_examples", held.Examples, IsShare: false));
            figures.Add(new("held_out_accuracy", held.Accuracy));
            figures.Add(new("held_out_calibration_error", held.CalibrationErrorAfter));
        }

        return figures;
    }

    /// <summary>Measures the file as it was written: before is the training set's most frequent label for all.</summary>
    private static async Task<TuneSummary> MeasureAsync(TuneSummary summary, string file, IEmbeddingGenerator<string, Embedding<float>> encoder, TuneData data, CancellationToken cancellationToken)
    {
        using TextClassifier classifier = await TextClassifier.CreateAsync(encoder, [await ClassifierHead.LoadAsync(file, cancellationToken).ConfigureAwait(false)], cancellationToken).ConfigureAwait(false);
        IReadOnlyList<TuningExample> examples = data.Evaluation!.Examples;
        string majority = data.Train.Examples.GroupBy(Label, StringComparer.Ordinal).MaxBy(static g => g.Count())!.Key;
        IReadOnlyList<Classification> answers = await classifier.ClassifyAsync([.. examples.Select(static e => e.Request)], cancellationToken).ConfigureAwait(false);
        bool[] right = [.. answers.Zip(examples, static (a, e) => a.Label == Label(e))];
        List<TuneFigure> after = [new("accuracy", Share(right)), new("refused_as_out_of_scope", Share(answers.Select(static a => !a.IsInScope)))];
        if (answers.Any(static a => a.IsInScope))
        {
            after.Add(new("accuracy_of_the_others", Share(right.Where((_, i) => answers[i].IsInScope))));
        }

        return summary with
        {
            EvaluationExamples = examples.Count,
            Before = [new("accuracy", Share(examples.Select(e => Label(e) == majority)))],
            After = after,
        };
    }

    private static string Label(TuningExample example) => example.Answer.Text.Trim();

    private static double Share(IEnumerable<bool> values) => values.Average(static v => v ? 1.0 : 0.0);
}
