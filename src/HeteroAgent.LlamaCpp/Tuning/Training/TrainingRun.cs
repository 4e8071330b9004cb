using System.Diagnostics;
using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>Trains: batches, clipping, AdamW, schedule, average, validation, checkpoints and progress. Used by one thread, which it keeps busy.</summary>
internal sealed class TrainingRun
{
    /// <summary>The first steps, which compile code and fill caches, say nothing of the speed.</summary>
    private const int WarmSteps = 4;

    /// <summary>The share of the time allowed after which the speed is taken to be known.</summary>
    private const double ShareToMeasure = 0.03;
    private readonly TrainingTask _task;
    private readonly TuningOptions _options;
    private readonly GradientWorkers _workers;
    private readonly AdamW _optimizer;
    private readonly IProgress<TuningProgress>? _progress;
    private readonly int _stepsPerEpoch;
    private readonly Stopwatch _clock = new();
    private double _secondsBefore;
    private long _tokens;
    private int _firstStep;
    private double _warmSeconds;
    private bool _fitted;
    private double _lastCheckpoint;

    internal TrainingRun(TrainingTask task, TuningOptions options, IProgress<TuningProgress>? progress)
    {
        _task = task;
        _options = options;
        _progress = progress;
        _workers = new GradientWorkers(task, options.ThreadCount, options.TokensAtOnce);
        _optimizer = new AdamW(task.Parameters, (float)options.Beta1, (float)options.Beta2, 1e-8f, (float)options.WeightDecay);
        _stepsPerEpoch = (task.Data.Count + options.BatchSize - 1) / options.BatchSize;
        State = new TrainingState
        {
            Fingerprint = $"{task.Fingerprint} {Settings(options)}",
            Values = task.Parameters.Values,
            FirstMoment = _optimizer.FirstMoment,
            SecondMoment = _optimizer.SecondMoment,
            Average = options.AverageDecay > 0 ? task.Parameters.NewVector() : [],
            Steps = checked(_stepsPerEpoch * options.Epochs),
        };
    }

    internal TrainingState State { get; }

    private double Elapsed => _secondsBefore + _clock.Elapsed.TotalSeconds;

    /// <summary>Trains to the end and leaves the result in the parameters.</summary>
    /// <exception cref="TuningException">A checkpoint cannot be read or written, or the loss is no number.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; a checkpoint has been written where one was asked for.</exception>
    internal void Train(CancellationToken cancellationToken)
    {
        Begin();
        _clock.Start();
        IReadOnlyList<TrainingSequence> epoch = [];
        int loaded = -1;
        for (; State.Step < State.Steps; State.Step++)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                WriteCheckpoint();
                cancellationToken.ThrowIfCancellationRequested();
            }

            int number = State.Step / _stepsPerEpoch;
            if (loaded != number)
            {
                epoch = Shuffled(_task.Data.Epoch(number, cancellationToken), number);
                loaded = number;
            }

            Step(Batch(epoch, State.Step % _stepsPerEpoch), number);
            if ((State.Step + 1) % _stepsPerEpoch == 0 && Validate(cancellationToken))
            {
                State.Step++;
                break;
            }
        }

        WriteCheckpoint();
        Finish();
    }

    private void Begin()
    {
        if (_options is { Resume: true, CheckpointPath: { } path } && File.Exists(path))
        {
            CheckpointFile.Read(path, State);
            _secondsBefore = State.Seconds;
            Report(State.Losses.Count > 0 ? State.Losses[^1] : 0, remaining: null);
        }
        else if (State.Average.Length > 0)
        {
            State.Values.CopyTo(State.Average, 0);
        }

        _firstStep = State.Step;
        _lastCheckpoint = _secondsBefore;
    }

    private void Step(TrainingSequence[] batch, int epoch)
    {
        double loss = _workers.Compute(batch);
        double norm = Norm();
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
        {
            throw Diverged(batch, epoch);
        }

        float clip = (float)Math.Min(1, _options.ClipNorm / norm);
        float rate = (float)LearningRateSchedule.Rate(_options.LearningRate, State.Step, State.Steps, _options.WarmupSteps);
        int number = State.Step + 1;
        _workers.RunRanges((_, start, end) =>
        {
            _optimizer.Step(_workers.Gradient, clip, rate, number, start, end);
            if (State.Average.Length > 0)
            {
                // The average begins where training does; early on it forgets faster, so that it does not stay there.
                float keep = (float)Math.Min(_options.AverageDecay, (1.0 + number) / (10 + number));
                Span<float> average = State.Average.AsSpan(start, end - start);
                TensorPrimitives.Lerp(State.Values.AsSpan(start, end - start), average, keep, average);
            }
        });
        State.Losses.Add((float)loss);
        _tokens += batch.Sum(s => s.Tokens.Length);
        FitToTime(number);

        Report(loss, Remaining(number));
        if (_options.CheckpointPath is not null && Elapsed - _lastCheckpoint >= _options.CheckpointInterval.TotalSeconds && number < State.Steps)
        {
            State.Step++;
            WriteCheckpoint();
            State.Step--;
        }
    }

    /// <summary>Lowers the number of epochs once, at least to the one that runs, so that training ends in time. A resumed run keeps what was found.</summary>
    private void FitToTime(int step)
    {
        double seconds = _clock.Elapsed.TotalSeconds;
        if (step == WarmSteps)
        {
            _warmSeconds = seconds;
        }

        if (_options.MaxMinutes is not { } minutes || _firstStep > 0 || _fitted || step < 2 * WarmSteps || (seconds < ShareToMeasure * minutes * 60 && step < _stepsPerEpoch))
        {
            return;
        }

        _fitted = true;
        double perStep = (seconds - _warmSeconds) / (step - WarmSteps);
        double steps = step + (((minutes * 60 * 0.95) - seconds) / perStep);
        int running = (step + _stepsPerEpoch - 1) / _stepsPerEpoch;
        State.Steps = Math.Min(State.Steps, (int)Math.Clamp(steps / _stepsPerEpoch, running, _options.Epochs) * _stepsPerEpoch);
    }

    /// <returns>Whether training should stop.</returns>
    private bool Validate(CancellationToken cancellationToken)
    {
        if (_task.Validate is null)
        {
            return false;
        }

        float[] candidate = State.Average.Length > 0 ? State.Average : State.Values;
        ValidationResult result = _task.Validate(candidate, cancellationToken);
        State.Validations.Add((State.Step + 1, (float?)result.Loss ?? float.NaN, (float?)result.Metric ?? float.NaN));
        if (result.Goodness > State.BestGoodness)
        {
            State.BestGoodness = result.Goodness;
            State.ValidationsSinceBest = 0;
            State.Best = [.. candidate];
        }
        else
        {
            State.ValidationsSinceBest++;
        }

        Report(State.Losses[^1], Remaining(State.Step + 1));
        return State.ValidationsSinceBest >= _options.Patience;
    }

    private TimeSpan Remaining(int step) => TimeSpan.FromSeconds(Math.Max(0, _clock.Elapsed.TotalSeconds / (step - _firstStep) * (State.Steps - step)));

    private void Finish()
    {
        State.Seconds = Elapsed;
        if (_options.Patience is not null && State.Best.Length > 0)
        {
            State.Best.CopyTo(State.Values, 0);
        }
        else if (State.Average.Length > 0)
        {
            State.Average.CopyTo(State.Values, 0);
        }
    }

    private void WriteCheckpoint()
    {
        if (_options.CheckpointPath is { } path)
        {
            State.Seconds = Elapsed;
            CheckpointFile.Write(path, State);
            _lastCheckpoint = Elapsed;
        }
    }

    private TrainingSequence[] Batch(IReadOnlyList<TrainingSequence> epoch, int index) =>
        [.. epoch.Skip(index * _options.BatchSize).Take(_options.BatchSize)];

    private TrainingSequence[] Shuffled(IReadOnlyList<TrainingSequence> sequences, int epoch)
    {
        TrainingSequence[] order = [.. sequences];
        Seeds.Random(_options.Seed, epoch, -1).Shuffle(order);
        return order;
    }

    private double Norm()
    {
        double[] sums = new double[_options.ThreadCount];
        _workers.RunRanges((i, start, end) =>
        {
            double sum = 0;
            for (int from = start; from < end; from += 4096)
            {
                sum += TensorPrimitives.SumOfSquares<float>(_workers.Gradient.AsSpan(from, Math.Min(4096, end - from)));
            }

            sums[i] = sum;
        });
        return Math.Sqrt(sums.Sum());
    }

    private TuningException Diverged(TrainingSequence[] batch, int epoch)
    {
        TrainingSequence? culprit = batch.FirstOrDefault(s => !double.IsFinite(_workers.LossOf(s)));
        string where = culprit is null ? $"the examples {string.Join(", ", batch.Select(s => s.Example + 1))} together" : $"example {culprit.Example + 1}";
        string kept = _options.CheckpointPath is { } path && File.Exists(path) ? $" The last good checkpoint is kept in '{path}'." : string.Empty;
        return new TuningException(TuningFailure.Diverged, $"The loss is no number any more at step {State.Step + 1} (epoch {epoch + 1}), on {where}. A lower LearningRate than {_options.LearningRate:G3} may help.{kept}");
    }

    private void Report(double loss, TimeSpan? remaining)
    {
        (int Step, float Loss, float Metric)? last = State.Validations.Count > 0 ? State.Validations[^1] : null;
        _progress?.Report(new TuningProgress(
            Math.Min(State.Losses.Count, State.Steps),
            State.Steps,
            loss,
            last is { Loss: not float.NaN } v ? v.Loss : null,
            last is { Metric: not float.NaN } m ? m.Metric : null,
            _clock.Elapsed.TotalSeconds > 0 ? _tokens / _clock.Elapsed.TotalSeconds : 0,
            TimeSpan.FromSeconds(Elapsed),
            remaining));
    }

    private static string Settings(TuningOptions o) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"epochs={o.Epochs} batch={o.BatchSize} rate={o.LearningRate:R} warmup={o.WarmupSteps} decay={o.WeightDecay:R} betas={o.Beta1:R},{o.Beta2:R} clip={o.ClipNorm:R} average={o.AverageDecay:R} seed={o.Seed}");
}
