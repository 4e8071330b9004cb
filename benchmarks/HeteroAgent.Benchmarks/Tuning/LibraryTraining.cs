using System.Numerics.Tensors;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>The library's own training step: loss and gradient, clipping, AdamW.</summary>
internal sealed class LibraryTraining
{
    private readonly GradientWorkers _workers;
    private readonly AdamW _optimizer;
    private readonly TransformerNetwork _network;
    private int _step;

    internal LibraryTraining(TransformerShape shape, string file, int threads)
    {
        _network = TransformerBuilder.Trained(shape);
        using GgufTensorData tensors = new(GgufFile.Read(file));
        foreach (Parameter parameter in _network.Parameters.Parameters)
        {
            tensors.Find(parameter.Name)!.ReadRows(0, parameter.Rows, _network.Parameters.Of(parameter));
        }

        TrainingTask task = new() { Parameters = _network.Parameters, LossAndGradient = _network.LossAndGradient, Data = new NoData(), Fingerprint = "benchmark" };
        _workers = new GradientWorkers(task, threads, tokensAtOnce: 512);
        _optimizer = new AdamW(_network.Parameters, 0.9f, 0.999f, 1e-8f, 0);
    }

    internal TransformerNetwork Network => _network;

    /// <summary>Trains on all sequences, so many a step, and gives back the mean loss of the first step.</summary>
    internal double Train(TrainingSequence[] sequences, int perStep)
    {
        double first = double.NaN;
        for (int from = 0; from < sequences.Length; from += perStep)
        {
            double loss = _workers.Compute(sequences.AsSpan(from, Math.Min(perStep, sequences.Length - from)));
            first = from == 0 ? loss : first;
            double norm = Norm();
            _step++;
            _workers.RunRanges((_, start, end) => _optimizer.Step(_workers.Gradient, (float)Math.Min(1, 1 / norm), 1e-4f, _step, start, end));
        }

        return first;
    }

    private double Norm()
    {
        double[] sums = new double[Environment.ProcessorCount];
        _workers.RunRanges((i, start, end) => sums[i] = TensorPrimitives.SumOfSquares<float>(_workers.Gradient.AsSpan(start, end - start)));
        return Math.Sqrt(sums.Sum());
    }

    /// <summary>Every position a target, as llama.cpp trains.</summary>
    internal static TrainingSequence[] EveryPosition(int[][] tokens) =>
        [.. tokens.Select((t, s) => new TrainingSequence(t, [.. Enumerable.Range(0, t.Length).Select(i => new TrainingTarget(i, t[(i + 1) % t.Length]))], s))];

    /// <summary>Only the last tokens are targets.</summary>
    internal static TrainingSequence[] AnswerOnly(int[][] tokens, int answer) =>
        [.. tokens.Select((t, s) => new TrainingSequence(t, [.. Enumerable.Range(t.Length - answer, answer).Select(i => new TrainingTarget(i - 1, t[i]))], s))];

    private sealed class NoData : ITrainingData
    {
        public int Count => 0;

        public IReadOnlyList<TrainingSequence> Epoch(int epoch, CancellationToken cancellationToken) => [];
    }
}
