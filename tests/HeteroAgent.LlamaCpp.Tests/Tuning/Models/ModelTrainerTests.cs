using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Whole trainings of a small model, judged by the engine that serves what comes of them.</summary>
[TestFixture]
internal sealed class ModelTrainerTests
{
    private readonly TemporaryFolder _folder = new();
    private string _base = null!;

    [OneTimeSetUp]
    public void CreateBase() => _base = TinyBase.Write(_folder);

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task A_model_answers_what_it_learnt_by_heart_word_for_word_with_the_loss_that_training_saw()
    {
        string output = Path.Combine(_folder.Path, "full.gguf");
        TuningResult result = await ModelTrainer.TrainAsync(_base, TinyBase.Set, output, TinyBase.Options(60, null), TinyBase.Set);
        await using LlamaModel model = await LlamaModel.LoadAsync(output);
        using IChatClient client = model.AsIChatClient();
        Assert.That(await TinyBase.AnswersAsync(client), Is.EqualTo(TinyBase.Conversations.Select(c => c.Answer)));
        Assert.Multiple(() =>
        {
            Assert.That((result.Examples, result.Steps, result.Losses.Count), Is.EqualTo((8, 120, 120)));
            Assert.That(result.Losses[0], Is.EqualTo(Math.Log(model.VocabularySize)).Within(1), "at first every token is as likely");
            Assert.That(model.ChatTemplate, Is.EqualTo(GgufFile.Read(_base).ChatTemplate).And.Not.Null);
            Assert.That(model.File.Metadata.Keys, Is.EqualTo(GgufFile.Read(_base).Metadata.Keys));
        });

        // The validation examples are the training examples: what training measured at the end is what the engine finds.
        Assert.That(await EngineLossAsync(model, null), Is.EqualTo(result.ValidationLoss!.Value).Within(0.02 * result.ValidationLoss.Value));
    }

    [Test]
    public async Task An_adapter_answers_what_it_learnt_by_heart_word_for_word_with_the_loss_that_training_saw()
    {
        string output = Path.Combine(_folder.Path, "adapter.gguf");
        TuningResult result = await ModelTrainer.TrainAsync(_base, TinyBase.Set, output, TinyBase.Options(80, new LoraOptions { Rank = 32, Alpha = 32 }), TinyBase.Set);
        await using LlamaModel model = await LlamaModel.LoadAsync(_base);
        double before = await EngineLossAsync(model, null);
        await using LlamaAdapter adapter = await model.LoadAdapterAsync(output);
        using IChatClient client = model.AsIChatClient(adapter);
        Assert.That(await TinyBase.AnswersAsync(client), Is.EqualTo(TinyBase.Conversations.Select(c => c.Answer)));
        double after = await EngineLossAsync(model, adapter);
        Assert.That(after, Is.EqualTo(result.ValidationLoss!.Value).Within((0.02 * result.ValidationLoss.Value) + 1e-4));
        Assert.That(before, Is.GreaterThan(4));
    }

    [Test]
    public async Task A_cancelled_training_goes_on_to_the_same_file([Values] bool lora)
    {
        ModelTrainingOptions options = TinyBase.Options(4, lora ? new LoraOptions { Rank = 4, Targets = ["attn_q", "ffn_down"] } : null);
        string whole = Path.Combine(_folder.Path, $"whole-{lora}", "model.gguf");
        string resumed = Path.Combine(_folder.Path, $"resumed-{lora}", "model.gguf");
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        Directory.CreateDirectory(Path.GetDirectoryName(resumed)!);
        TuningResult uninterrupted = await ModelTrainer.TrainAsync(_base, TinyBase.Set, whole, options);

        options.Training.CheckpointPath = resumed + ".checkpoint";
        options.Training.Resume = true;
        using CancellationTokenSource cancelled = new();
        Assert.That(
            async () => await ModelTrainer.TrainAsync(_base, TinyBase.Set, resumed, options, progress: new CancelAt(3, cancelled), cancellationToken: cancelled.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(File.Exists(resumed), Is.False);
        Assert.That(File.Exists(options.Training.CheckpointPath));
        TuningResult result = await ModelTrainer.TrainAsync(_base, TinyBase.Set, resumed, options);
        Assert.That(result.Losses, Is.EqualTo(uninterrupted.Losses));
        Assert.That(File.ReadAllBytes(resumed), Is.EqualTo(File.ReadAllBytes(whole)));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(resumed)!), Has.Length.EqualTo(1), "neither checkpoint nor lock is left");
    }

    /// <summary>The engine's own mean loss a token of the answers, the token that ends a turn included.</summary>
    private static async Task<double> EngineLossAsync(LlamaModel model, LlamaAdapter? adapter)
    {
        double sum = 0;
        int tokens = 0;
        foreach (TuningExample example in TinyBase.Set.Examples)
        {
            int[] answer = [.. model.Tokenize(example.Answer.Text), model.Vocabulary.EndOfTurn];
            GenerationRequest request = new([.. model.RenderPrompt(example.Prompt).TokenIds], CancellationToken.None) { Adapter = adapter, Choices = [answer] };
            _ = await Requests.RunAsync(model, request);
            sum -= request.ChoiceScores![0].Sum();
            tokens += answer.Length;
        }

        return sum / tokens;
    }

    private sealed class CancelAt(int step, CancellationTokenSource source) : IProgress<TuningProgress>
    {
        public void Report(TuningProgress value)
        {
            if (value.Step == step)
            {
                source.Cancel();
            }
        }
    }
}
