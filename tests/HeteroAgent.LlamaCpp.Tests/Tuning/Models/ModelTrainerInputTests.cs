using System.Text.Json;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>What training refuses, and what it survives.</summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class ModelTrainerInputTests
{
    private readonly TemporaryFolder _folder = new();
    private string _base = null!;

    private string Output => Path.Combine(_folder.Path, "out.gguf");

    [OneTimeSetUp]
    public void CreateBase() => _base = TinyBase.Write(_folder);

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void A_set_without_examples_is_refused() =>
        Assert.That(() => TuningSet.FromExamples([]), Throws.TypeOf<TuningSetException>().With.Property(nameof(TuningSetException.Error)).EqualTo(TuningSetError.TooFewExamples));

    [Test]
    public async Task An_answer_longer_than_the_context_is_refused_with_its_line()
    {
        TuningSet set = TuningSet.FromExamples(
        [
            new TuningExample("Short?", "Yes.") { Line = 1 },
            new TuningExample("Long?", string.Join(' ', Enumerable.Range(0, 300))) { Line = 17 },
        ]);
        TuningException e = (await Assert.ThrowsAsync<TuningException>(() => ModelTrainer.TrainAsync(_base, set, Output, new ModelTrainingOptions())))!;
        Assert.Multiple(() =>
        {
            Assert.That(e.Failure, Is.EqualTo(TuningFailure.UnusableData));
            Assert.That(e.Message, Does.Contain("line 17").And.Contain("128 tokens"), "the context, though MaxTokens is larger");
            Assert.That(e.Message, Does.Not.Contain("line 1 "));
        });
        RequireNothingLeft();
    }

    [Test]
    public void A_base_of_another_architecture_is_refused()
    {
        GgufWriter writer = GgufWriter.CopyOf(GgufFile.Read(_base));
        string renamed = Path.Combine(_folder.Path, "other.gguf");
        writer.Set("general.architecture", "starcoder2");
        writer.Write(renamed);
        Assert.That(() => TransformerShapeReader.Read(GgufFile.Read(renamed)), Throws.TypeOf<TuningException>()
            .With.Property(nameof(TuningException.Failure)).EqualTo(TuningFailure.UnsupportedBase)
            .And.Message.Contains("starcoder2").And.Message.Contains("qwen3"));
    }

    [Test]
    public async Task An_encoder_is_refused_as_a_base()
    {
        string encoder = TestKit.SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf");
        ModelTrainingOptions options = new() { ChatTemplate = "chatml" };
        TuningException e = (await Assert.ThrowsAsync<TuningException>(() => ModelTrainer.TrainAsync(encoder, TinyBase.Set, Output, options)))!;
        Assert.That(e.Failure, Is.EqualTo(TuningFailure.UnsupportedBase));
        Assert.That(e.Message, Does.Contain("bert").And.Contain("llama"));
        RequireNothingLeft();
    }

    [Test]
    public void Options_out_of_range_and_folders_that_are_not_there_are_named()
    {
        ModelTrainingOptions options = new();
        options.Training.LearningRate = double.NaN;
        Assert.That(async () => await ModelTrainer.TrainAsync(_base, TinyBase.Set, Output, options), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("LearningRate"));
        Assert.That(async () => await ModelTrainer.TrainAsync(_base, TinyBase.Set, Output, new ModelTrainingOptions { Lora = new LoraOptions { Targets = ["attn_x"] } }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("attn_x").And.Message.Contains("attn_q"));
        Assert.That(async () => await ModelTrainer.TrainAsync(_base, TinyBase.Set, Path.Combine(_folder.Path, "no", "out.gguf")), Throws.TypeOf<TuningException>().With.Property(nameof(TuningException.Failure)).EqualTo(TuningFailure.NotWritten));
        Assert.That(async () => await ModelTrainer.TrainAsync(Path.Combine(_folder.Path, "none.gguf"), TinyBase.Set, Output), Throws.TypeOf<FileNotFoundException>());
        RequireNothingLeft();
    }

    [Test]
    public async Task A_full_disk_in_the_middle_of_a_checkpoint_ends_training_and_leaves_the_older_one()
    {
        if (!File.Exists("/dev/full"))
        {
            Assert.Ignore("This system has no /dev/full.");
        }

        // A checkpoint is written beside its target under a name of this process; that name is made a link to a full disk after the second step.
        ModelTrainingOptions options = TinyBase.Options(4, new LoraOptions { Rank = 4 });
        string checkpoint = Path.Combine(_folder.Path, "full-disk.checkpoint");
        options.Training.CheckpointPath = checkpoint;
        options.Training.CheckpointInterval = TimeSpan.Zero;
        byte[]? older = null;
        TuningException e = (await Assert.ThrowsAsync<TuningException>(() => ModelTrainer.TrainAsync(_base, TinyBase.Set, Output, options, progress: new At(3, () =>
        {
            older = File.ReadAllBytes(checkpoint);
            File.CreateSymbolicLink($"{checkpoint}.{Environment.ProcessId}.part", "/dev/full");
        }))))!;
        Assert.Multiple(() =>
        {
            Assert.That(e.Failure, Is.EqualTo(TuningFailure.NotWritten));
            Assert.That(e.Message, Does.Contain(checkpoint).And.Contain("untouched"));
            Assert.That(File.ReadAllBytes(checkpoint), Is.EqualTo(older), "the older checkpoint");
        });
        RequireNothingLeft();

        options.Training.Resume = true;
        TuningResult resumed = await ModelTrainer.TrainAsync(_base, TinyBase.Set, Output, options);
        TuningResult whole = await ModelTrainer.TrainAsync(_base, TinyBase.Set, Output, TinyBase.Options(4, new LoraOptions { Rank = 4 }));
        Assert.That(resumed.Losses, Is.EqualTo(whole.Losses));
        File.Delete(Output);
    }

    [Test]
    public async Task A_second_process_into_one_output_is_refused_and_a_killed_one_goes_on_to_the_same_loss(CancellationToken cancellationToken)
    {
        string output = Path.Combine(_folder.Path, "shared.gguf");
        string data = Path.Combine(_folder.Path, "train.jsonl");
        await TinyBase.Set.WriteAsync(data, cancellationToken);
        using (Probe child = new("train", _base, data, output))
        {
            // Under way: it holds the output, has written a checkpoint, and waits.
            Assert.That((await child.ReadAsync(cancellationToken)).TryGetProperty("step", out _));
            for (int step = 1; step < 4; step++)
            {
                Assert.That((await child.AskAsync("on", cancellationToken)).TryGetProperty("step", out _));
            }

            TuningException e = (await Assert.ThrowsAsync<TuningException>(() => ModelTrainer.TrainAsync(_base, TinyBase.Set, output, cancellationToken: cancellationToken)))!;
            Assert.That(e.Failure, Is.EqualTo(TuningFailure.OutputInUse));
            Assert.That(e.Message, Does.Contain(output));

            // Leaving kills the process, as kill -9 does.
        }

        Assert.That(File.Exists(output), Is.False);
        using Probe second = new("train", _base, data, output);
        JsonElement answer = await second.ReadAsync(cancellationToken);
        int first = answer.GetProperty("step").GetInt32();
        while (answer.TryGetProperty("step", out _))
        {
            answer = await second.AskAsync("on", cancellationToken);
        }

        TuningResult whole = await ModelTrainer.TrainAsync(_base, TinyBase.Set, Path.Combine(_folder.Path, "whole.gguf"), TinyBase.Options(20, new LoraOptions { Rank = 4 }), cancellationToken: cancellationToken);
        Assert.That(first, Is.GreaterThan(1), "it went on from the checkpoint");
        Assert.That(answer.GetProperty("answer").GetString(), Is.EqualTo(string.Join(' ', whole.Losses.Select(l => l.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))));
        Assert.That(File.Exists(output));
    }

    private void RequireNothingLeft() =>
        Assert.That(Directory.GetFiles(_folder.Path).Select(Path.GetFileName), Has.None.StartsWith("out.gguf").And.None.EndsWith(".part"));

    private sealed class At(int step, Action action) : IProgress<TuningProgress>
    {
        public void Report(TuningProgress value)
        {
            if (value.Step == step)
            {
                action();
            }
        }
    }
}
