using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>Shares a batch out among threads, each with its own gradient, and adds the gradients up. Which sequence goes to which thread depends on the batch alone.</summary>
internal sealed class GradientWorkers
{
    private readonly TrainingTask _task;
    private readonly NetworkPass[] _passes;
    private readonly int _tokensAtOnce;
    private readonly ParallelOptions _parallel;

    internal GradientWorkers(TrainingTask task, int threads, int tokensAtOnce)
    {
        _task = task;
        _tokensAtOnce = tokensAtOnce;
        _passes = [.. Enumerable.Range(0, threads).Select(_ => new NetworkPass(task.Parameters, task.Parameters.Values, withGradient: true))];
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
    }

    /// <summary>The gradient of the newest batch.</summary>
    internal float[] Gradient => _passes[0].Gradients;

    /// <summary>Computes the mean loss a target, and its gradient.</summary>
    internal double Compute(ReadOnlySpan<TrainingSequence> batch)
    {
        int targets = 0;
        foreach (TrainingSequence sequence in batch)
        {
            targets += sequence.Targets.Length;
        }

        List<TrainingSequence>[] shares = Share(batch);
        double[] losses = new double[_passes.Length];
        float scale = 1f / Math.Max(1, targets);
        Run(i => losses[i] = ComputeShare(_passes[i], shares[i], scale));
        Reduce();
        return losses.Sum() / Math.Max(1, targets);
    }

    /// <summary>The loss of one sequence by itself, to find the one that is no number.</summary>
    internal double LossOf(TrainingSequence sequence)
    {
        PackedBatch batch = new();
        sequence.AddTo(batch);
        double loss = _task.LossAndGradient(_passes[^1], batch, 0);
        return loss;
    }

    /// <summary>Runs an action for each thread's number and waits for all.</summary>
    internal void Run(Action<int> action)
    {
        if (_passes.Length == 1)
        {
            action(0);
        }
        else
        {
            Parallel.For(0, _passes.Length, _parallel, action);
        }
    }

    /// <summary>Runs an action for ranges of all parameters.</summary>
    internal void RunRanges(Action<int, int, int> action)
    {
        int length = (_task.Parameters.Count / _passes.Length + 16) & ~15;
        Run(i =>
        {
            int start = Math.Min(i * length, _task.Parameters.Count);
            action(i, start, Math.Min(start + length, _task.Parameters.Count));
        });
    }

    /// <summary>The longest first, each to the thread that has fewest tokens.</summary>
    private List<TrainingSequence>[] Share(ReadOnlySpan<TrainingSequence> batch)
    {
        List<TrainingSequence>[] shares = [.. _passes.Select(_ => new List<TrainingSequence>())];
        int[] tokens = new int[shares.Length];
        foreach (TrainingSequence sequence in batch.ToArray().OrderByDescending(s => s.Tokens.Length))
        {
            int least = Array.IndexOf(tokens, tokens.Min());
            shares[least].Add(sequence);
            tokens[least] += sequence.Tokens.Length;
        }

        return shares;
    }

    private double ComputeShare(NetworkPass pass, List<TrainingSequence> share, float scale)
    {
        pass.Gradients.AsSpan().Clear();
        double loss = 0;
        PackedBatch batch = new();
        foreach (TrainingSequence sequence in share)
        {
            if (batch.TokenCount > 0 && batch.TokenCount + sequence.Tokens.Length > _tokensAtOnce)
            {
                loss += _task.LossAndGradient(pass, batch, scale);
                batch = new PackedBatch();
            }

            sequence.AddTo(batch);
        }

        return batch.TokenCount > 0 ? loss + _task.LossAndGradient(pass, batch, scale) : loss;
    }

    private void Reduce()
    {
        if (_passes.Length > 1)
        {
            RunRanges((_, start, end) =>
            {
                Span<float> sum = Gradient.AsSpan(start, end - start);
                foreach (NetworkPass pass in _passes.AsSpan(1))
                {
                    TensorPrimitives.Add(sum, pass.Gradients.AsSpan(start, end - start), sum);
                }
            });
        }
    }
}
