using System.Diagnostics;

namespace HeteroAgent.LlamaCpp;

/// <summary>Reports a classifier's training: a step is a text read, or as much of a fit.</summary>
/// <remarks>Reading takes about ten times as long as fitting, so that fits together count for a tenth of the texts.</remarks>
internal sealed class FitProgress(IProgress<TuningProgress>? progress, int texts)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly int _fitSteps = Math.Max(1, texts / 10);
    private int _step;
    private double _loss = double.NaN;
    private double? _heldLoss;
    private double? _heldAccuracy;
    private long _tokens;
    private double _readingSeconds;

    internal void Read(int done, long tokens)
    {
        _step = done;
        _tokens = tokens;
        _readingSeconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        Report();
    }

    internal void Step(double loss) => _loss = loss;

    internal void Fitted(int done, int fits, HeldOutScores? held)
    {
        _step = texts + (int)((long)_fitSteps * done / fits);
        _heldLoss = held?.LogLoss(1);
        _heldAccuracy = held?.Accuracy;
        Report();
    }

    private void Report()
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        int steps = texts + _fitSteps;
        double rate = _readingSeconds > 0 ? _tokens / _readingSeconds : 0;
        progress?.Report(new TuningProgress(_step, steps, _loss, _heldLoss, _heldAccuracy, rate, elapsed, _step > 0 ? elapsed * ((double)(steps - _step) / _step) : null));
    }
}
