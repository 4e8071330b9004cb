using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>The training loop on a small network: learning by heart, resuming, cancelling, and what goes wrong.</summary>
[TestFixture]
internal sealed class TrainingRunTests
{
    private static readonly TransformerShape Shape = new() { VocabularySize = 40, Width = 32, Layers = 2, Heads = 2, KeyValueHeads = 2, HeadSize = 16, FeedForward = 64, ContextLength = 32 };
    private string _folder = null!;

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("tuning").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Eight_examples_are_learnt_by_heart()
    {
        (TransformerNetwork network, TrainingTask task) = Task();
        new TrainingRun(task, Options(epochs: 120), null).Train(default);
        NetworkPass pass = new(network.Parameters, network.Parameters.Values, withGradient: false);
        foreach (TrainingSequence sequence in Examples())
        {
            PackedBatch batch = new();
            sequence.AddTo(batch);
            float[] logits = network.Logits(pass, batch);
            for (int i = 0; i < sequence.Targets.Length; i++)
            {
                float[] row = logits[(i * Shape.VocabularySize)..((i + 1) * Shape.VocabularySize)];
                Assert.That(Array.IndexOf(row, row.Max()), Is.EqualTo(sequence.Targets[i].Token), $"example {sequence.Example}, target {i}");
            }
        }
    }

    [Test]
    public void The_same_seed_gives_the_same_weights_bit_for_bit([Values(1, 2)] int threads)
    {
        float[] Train()
        {
            (TransformerNetwork network, TrainingTask task) = Task();
            TuningOptions options = Options(epochs: 5);
            options.Threads = threads;
            new TrainingRun(task, options, null).Train(default);
            return network.Parameters.Values;
        }

        float[] first = Train();
        Assert.That(Train(), Is.EqualTo(first));
    }

    [Test]
    public void A_cancelled_run_goes_on_from_its_checkpoint_to_the_same_losses([Values(0, 0.9)] double average)
    {
        TuningOptions options = Options(epochs: 6);
        options.AverageDecay = average;
        (TransformerNetwork whole, TrainingTask task) = Task();
        TrainingRun uninterrupted = new(task, options, null);
        uninterrupted.Train(default);

        options.CheckpointPath = Path.Combine(_folder, "run.checkpoint");
        options.Resume = true;
        using CancellationTokenSource cancelled = new();
        (_, TrainingTask firstTask) = Task();
        TrainingRun first = new(firstTask, options, new Watch(p => { if (p.Step == 7) { cancelled.Cancel(); } }));
        Assert.That(() => first.Train(cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(File.Exists(options.CheckpointPath));

        (TransformerNetwork resumed, TrainingTask secondTask) = Task();
        TrainingRun second = new(secondTask, options, null);
        second.Train(default);
        Assert.That(second.State.Losses, Is.EqualTo(uninterrupted.State.Losses));
        Assert.That(resumed.Parameters.Values, Is.EqualTo(whole.Parameters.Values));
    }

    [Test]
    public void A_damaged_checkpoint_is_refused_and_nothing_is_changed([Range(0, 19)] int part)
    {
        TuningOptions options = Options(epochs: 1);
        options.CheckpointPath = Path.Combine(_folder, "run.checkpoint");
        (_, TrainingTask task) = Task();
        new TrainingRun(task, options, null).Train(default);
        byte[] sound = File.ReadAllBytes(options.CheckpointPath);
        byte[] damaged = [.. sound];
        int at = (int)((long)sound.Length * part / 20);
        if (part % 2 == 0)
        {
            damaged[at] ^= 0x41;
        }
        else
        {
            damaged = damaged[..at];
        }

        File.WriteAllBytes(options.CheckpointPath, damaged);
        options.Resume = true;
        (TransformerNetwork network, TrainingTask again) = Task();
        float[] before = [.. network.Parameters.Values];
        TuningException? refused = Assert.Throws<TuningException>(() => new TrainingRun(again, options, null).Train(default));
        Assert.That(refused!.Failure, Is.EqualTo(TuningFailure.DamagedCheckpoint));
        Assert.That(refused.Message, Does.Contain(options.CheckpointPath));
        Assert.That(network.Parameters.Values, Is.EqualTo(before));
        Assert.That(File.ReadAllBytes(options.CheckpointPath), Is.EqualTo(damaged));
    }

    [Test]
    public void A_checkpoint_of_another_run_is_refused()
    {
        TuningOptions options = Options(epochs: 1);
        options.CheckpointPath = Path.Combine(_folder, "run.checkpoint");
        (_, TrainingTask task) = Task();
        new TrainingRun(task, options, null).Train(default);
        options.Resume = true;
        options.LearningRate *= 2;
        (_, TrainingTask other) = Task();
        TuningException? refused = Assert.Throws<TuningException>(() => new TrainingRun(other, options, null).Train(default));
        Assert.That(refused!.Message, Does.Contain("another run"));
    }

    [Test]
    public void A_loss_that_is_no_number_ends_training_with_step_and_example_and_keeps_the_checkpoint()
    {
        TuningOptions options = Options(epochs: 4);
        options.CheckpointPath = Path.Combine(_folder, "run.checkpoint");
        options.CheckpointInterval = TimeSpan.Zero;
        (TransformerNetwork network, TrainingTask task) = Task();
        byte[]? kept = null;
        TrainingRun run = new(task, options, new Watch(p =>
        {
            if (p.Step == 3)
            {
                // What an example's token is made of becomes infinite: token 5 stands in the sixth example alone.
                kept = File.ReadAllBytes(options.CheckpointPath);
                network.Parameters.Values[5 * Shape.Width] = float.PositiveInfinity;
            }
        }));
        TuningException? diverged = Assert.Throws<TuningException>(() => run.Train(default));
        Assert.Multiple(() =>
        {
            Assert.That(diverged!.Failure, Is.EqualTo(TuningFailure.Diverged));
            Assert.That(diverged.Message, Does.Contain("step "));
            Assert.That(diverged.Message, Does.Contain("example"));
            Assert.That(diverged.Message, Does.Contain(options.CheckpointPath));
            Assert.That(kept, Is.Not.Null);
            Assert.That(File.Exists(options.CheckpointPath));
        });
    }

    [Test]
    public void A_checkpoint_that_cannot_be_written_leaves_the_older_one()
    {
        string path = Path.Combine(_folder, "run.checkpoint");
        (_, TrainingTask task) = Task();
        TrainingRun run = new(task, Options(epochs: 1), null);
        CheckpointFile.Write(path, run.State);
        byte[] older = File.ReadAllBytes(path);
        TuningException? failed = Assert.Throws<TuningException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write([1, 2, 3]);
            throw new IOException("No space left on device");
        }));
        Assert.That(failed!.Failure, Is.EqualTo(TuningFailure.NotWritten));
        Assert.That(failed.Message, Does.Contain("No space left"));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(older));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void Validation_without_improvement_ends_training_with_the_best_weights()
    {
        TuningOptions options = Options(epochs: 50);
        options.Patience = 3;
        (TransformerNetwork network, TrainingTask task) = Task(goodness: [0.2, 0.6, 0.5, 0.4, 0.3, 0.9]);
        float[]? best = null;
        TrainingRun run = new(task, options, new Watch(p =>
        {
            if (p.ValidationMetric is > 0.59 and < 0.61 && best is null)
            {
                best = [.. network.Parameters.Values];
            }
        }));
        run.Train(default);
        Assert.That(run.State.Validations, Has.Count.EqualTo(5));
        Assert.That(network.Parameters.Values, Is.EqualTo(best));
    }

    [Test]
    public void Memory_that_is_missing_is_named()
    {
        TuningException? refused = Assert.Throws<TuningException>(() => TrainingMemory.Require(5_000_000_000, 2_000_000_000, "Training this model"));
        Assert.That(refused!.Failure, Is.EqualTo(TuningFailure.OutOfMemory));
        Assert.That(refused.Message, Does.Contain("5000 MB").And.Contain("3000 MB are missing"));
    }

    [Test]
    public void Two_trainings_into_one_output_are_refused()
    {
        string output = Path.Combine(_folder, "model.gguf");
        using (TrainingOutput.Take(output))
        {
            TuningException? refused = Assert.Throws<TuningException>(() => TrainingOutput.Take(output));
            Assert.That(refused!.Failure, Is.EqualTo(TuningFailure.OutputInUse));
        }

        TrainingOutput.Take(output).Dispose();
        Assert.That(Directory.GetFiles(_folder), Is.Empty);
    }

    [Test]
    public void The_rate_rises_to_its_highest_and_falls_to_nothing()
    {
        double[] rates = [.. Enumerable.Range(0, 100).Select(s => LearningRateSchedule.Rate(2, s, 100, 10))];
        Assert.Multiple(() =>
        {
            Assert.That(rates[0], Is.EqualTo(0.2).Within(1e-12));
            Assert.That(rates.Max(), Is.EqualTo(2).Within(1e-12));
            Assert.That(Array.IndexOf(rates, rates.Max()), Is.EqualTo(9).Or.EqualTo(10));
            Assert.That(rates[^1], Is.LessThan(0.01));
            Assert.That(rates.Skip(10), Is.Ordered.Descending);
        });
    }

    private static TuningOptions Options(int epochs) => new TuningOptions { Epochs = epochs, BatchSize = 3, LearningRate = 5e-3, WarmupSteps = 5, Threads = 1 };

    private static TrainingSequence[] Examples() =>
    [
        .. Enumerable.Range(0, 8).Select(i => new TrainingSequence([1, i, 2, 10 + i, 20 + (i * 2)], [new TrainingTarget(2, 10 + i), new TrainingTarget(3, 20 + (i * 2)), new TrainingTarget(4, 39 - i)], i)),
    ];

    private static (TransformerNetwork Network, TrainingTask Task) Task(double[]? goodness = null)
    {
        TransformerNetwork network = TransformerBuilder.Trained(Shape);
        NetworkInitialization.Fill(network.Parameters, Shape.Layers, 1);
        int validations = 0;
        return (network, new TrainingTask
        {
            Parameters = network.Parameters,
            LossAndGradient = network.LossAndGradient,
            Data = new FixedData(Examples()),
            Validate = goodness is null ? null : (_, _) => new ValidationResult(null, goodness[validations++]),
            Fingerprint = "eight examples",
        });
    }

    private sealed class Watch(Action<TuningProgress> action) : IProgress<TuningProgress>
    {
        public void Report(TuningProgress value) => action(value);
    }
}
