using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>Fits a head to vectors: the penalty, the weights, the temperature and the threshold.</summary>
internal sealed class ClassifierFit(IReadOnlyList<string> texts, ClassifierExamples examples, EncodedTexts outOfScope, ClassifierTrainingOptions options, CancellationToken cancellationToken)
{
    private const double MostProbabilityMove = 0.02;
    private const int CheckedExamples = 2000;
    private static readonly double[] Penalties = [1, 3, 10, 30, 100];
    private readonly int _threads = Math.Min(options.Threads ?? Environment.ProcessorCount, Environment.ProcessorCount);

    /// <summary>Told the loss of each step.</summary>
    internal Action<double>? OnStep { get; init; }

    /// <summary>Told each fit that is done: how many of how many, and what was held out so far.</summary>
    internal Action<int, int, HeldOutScores?>? OnFit { get; init; }

    /// <summary>Fits the head; the probe and the encoder's name are the caller's.</summary>
    internal ClassifierHead Run(IReadOnlyList<string> labels, string encoderName, float[] probe)
    {
        IReadOnlyList<int[]> folds = ExampleFolds.Deal(texts, examples.Classes, options.Folds, options.Seed);
        double[] penalties = options.SearchInversePenalty ? [.. Penalties.Append(options.InversePenalty).Distinct().Order()] : [options.InversePenalty];
        int fits = (penalties.Length * folds.Count) + 1;
        int done = 0;
        HeldOutScores? best = null;
        double bestPenalty = options.InversePenalty;
        double bestLoss = double.PositiveInfinity;
        foreach (double penalty in folds.Count == 0 ? [] : penalties)
        {
            HeldOutScores held = new();
            foreach (int[] fold in folds)
            {
                HoldOut(held, fold, penalty);
                OnFit?.Invoke(++done, fits, held);
            }

            double loss = held.LogLoss(held.BestTemperature());
            if (loss < bestLoss)
            {
                (best, bestPenalty, bestLoss) = (held, penalty, loss);
            }
        }

        LinearSoftmax classifier = Fit(examples, bestPenalty);
        float[] means = InScope.Means(examples);
        OnFit?.Invoke(fits, fits, best);
        double temperature = best?.BestTemperature() ?? 1;
        bool bytes = options.Precision == ClassifierPrecision.EightBits || (options.Precision == ClassifierPrecision.Automatic && BytesSuffice(classifier, temperature));
        return new ClassifierHead(labels, PackedMatrix.Pack(classifier.Weights, labels.Count, examples.Dimension, bytes), classifier.Intercepts, PackedMatrix.Pack(means, labels.Count, examples.Dimension, bytes), probe)
        {
            EncoderName = encoderName,
            Temperature = temperature,
            InScopeThreshold = best?.Threshold(options.RefusalRate) ?? double.NegativeInfinity,
            InversePenalty = bestPenalty,
            ExampleCount = examples.Count,
            HeldOut = best is null ? null : new(best.Count, best.Accuracy, best.LogLoss(temperature), best.CalibrationError(1), best.CalibrationError(temperature)),
        };
    }

    private void HoldOut(HeldOutScores held, int[] fold, double penalty)
    {
        HashSet<int> without = [.. fold];
        ClassifierExamples kept = examples.Select([.. Enumerable.Range(0, examples.Count).Where(r => !without.Contains(r))]);
        held.Add(examples, fold, Fit(kept, penalty), InScope.Means(kept), outOfScope);
    }

    private LinearSoftmax Fit(ClassifierExamples rows, double penalty) =>
        LinearSoftmax.Fit(rows, penalty, _threads, (_, loss) => OnStep?.Invoke(loss), cancellationToken);

    private bool BytesSuffice(LinearSoftmax classifier, double temperature)
    {
        LinearSoftmax packed = classifier with { Weights = PackedMatrix.Pack(classifier.Weights, classifier.ClassCount, classifier.Dimension, bytes: true).Values };
        int stride = Math.Max(1, examples.Count / CheckedExamples);
        for (int row = 0; row < examples.Count; row += stride)
        {
            double[] exact = Softmax.Probabilities(classifier.Score(examples.Vector(row)), temperature);
            double[] rounded = Softmax.Probabilities(packed.Score(examples.Vector(row)), temperature);
            TensorPrimitives.Subtract<double>(exact, rounded, exact);
            if (Math.Abs(TensorPrimitives.MaxMagnitude<double>(exact)) > MostProbabilityMove)
            {
                return false;
            }
        }

        return true;
    }
}
