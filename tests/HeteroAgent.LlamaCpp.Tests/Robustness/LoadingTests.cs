using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Loading what is no model, and loading models again and again.</summary>
public sealed class LoadingTests
{
    private static async Task<GgufError> RefusedAsync(byte[] content)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("model.gguf", content);
        return (await Assert.ThrowsAsync<GgufException>(() => LlamaModel.LoadAsync(path)))!.Error;
    }

    [Test]
    public async Task A_missing_file_is_named()
    {
        string path = Path.Combine(Path.GetTempPath(), "no such model.gguf");
        FileNotFoundException e = (await Assert.ThrowsAsync<FileNotFoundException>(() => LlamaModel.LoadAsync(path)))!;
        Assert.That(e.Message, Does.Contain(path));
    }

    [Test]
    public async Task A_folder_is_no_model()
    {
        using TemporaryFolder folder = new();
        Assert.That((await Assert.ThrowsAsync<GgufException>(() => LlamaModel.LoadAsync(folder.Path)))!.Error, Is.EqualTo(GgufError.NotGguf));
    }

    [Test]
    public async Task An_empty_file_is_no_model() => Assert.That(await RefusedAsync([]), Is.AnyOf(GgufError.NotGguf, GgufError.Truncated));

    [Test]
    public async Task A_truncated_file_is_refused() => Assert.That(await RefusedAsync(File.ReadAllBytes(Models.StoriesPath)[..^1000]), Is.EqualTo(GgufError.Truncated));

    [Test]
    public async Task A_foreign_architecture_is_refused()
    {
        GgufBuilder builder = GgufBuilder.Parse(File.ReadAllBytes(Models.StoriesPath)).With("general.architecture", "perceptron");
        Assert.That(await RefusedAsync(builder.Write()), Is.EqualTo(GgufError.UnsupportedArchitecture));
    }

    [Test]
    public async Task A_vocabulary_alone_is_refused()
    {
        GgufBuilder builder = GgufBuilder.Parse(File.ReadAllBytes(Models.StoriesPath));
        builder.Tensors.Clear();
        Assert.That(await RefusedAsync(builder.Write()), Is.EqualTo(GgufError.NotAModel));
    }

    [Test]
    public async Task Loading_that_is_cancelled_in_the_middle_stops()
    {
        using CancellationTokenSource cancel = new();
        CancelAt progress = new(0.3f, cancel);
        string path = Models.SmolLM2Path;
        await Assert.CatchAsync<OperationCanceledException>(() => LlamaModel.LoadAsync(path, null, progress, cancel.Token));
        Assert.That(progress.Last, Is.InRange(0.3f, 0.9f), "it stopped where it was told to");
    }

    [Test]
    public async Task Loading_that_is_cancelled_at_the_end_is_cancelled()
    {
        using CancellationTokenSource cancel = new();
        string path = Models.StoriesPath;
        await Assert.CatchAsync<OperationCanceledException>(() => LlamaModel.LoadAsync(path, null, new CancelAt(1, cancel), cancel.Token));
    }

    [Test]
    public async Task Progress_that_throws_does_no_harm()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, null, new Throwing());
        Assert.That(model.VocabularySize, Is.EqualTo(512));
    }

    [Test]
    public async Task Two_models_serve_at_once()
    {
        LlamaModelOptions options = new() { ChatTemplate = "chatml" };
        LlamaModel[] models = await Task.WhenAll(LlamaModel.LoadAsync(Models.StoriesPath, options), LlamaModel.LoadAsync(Models.StoriesPath, options));
        ChatOptions few = new() { MaxOutputTokens = 16 };
        ChatResponse[] answers = await Task.WhenAll(models.SelectMany(m => Enumerable.Range(0, 4).Select(_ => m.AsIChatClient().GetResponseAsync("Once upon a time", few))));
        Assert.That(answers.Select(a => a.Text).Distinct().Count(), Is.EqualTo(1));
        await models[0].DisposeAsync();
        Assert.That((await models[1].AsIChatClient().GetResponseAsync("Once upon a time", few)).Text, Is.EqualTo(answers[0].Text));
        await models[1].DisposeAsync();
    }

    [Test]
    public async Task Loading_and_disposing_again_and_again_leaks_nothing()
    {
        // A cache of 8,192 tokens of this model takes 20 MiB: were one of them lost in each round, it would show.
        const int Rounds = 20;
        const long MiB = 1024 * 1024;
        LlamaModelOptions options = new() { ChatTemplate = "chatml", ContextLength = 8192 };
        long settled = 0;
        for (int i = 0; i < Rounds + 5; i++)
        {
            await using (LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, options))
            {
                _ = await model.AsIChatClient().GetResponseAsync("Once", new ChatOptions { MaxOutputTokens = 2 });
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
            settled = i == 4 ? Environment.WorkingSet : settled;
        }

        long grown = Environment.WorkingSet - settled;
        TestContext.Out.WriteLine($"{settled / MiB} MiB, {Rounds} rounds later {grown / MiB} MiB more");
        Assert.That(grown, Is.LessThan(60 * MiB));
    }

    private sealed class CancelAt(float share, CancellationTokenSource cancel) : IProgress<float>
    {
        public float Last { get; private set; }

        public void Report(float value)
        {
            Last = value;
            if (value >= share)
            {
                cancel.Cancel();
            }
        }
    }

    private sealed class Throwing : IProgress<float>
    {
        public void Report(float value) => throw new InvalidOperationException("no");
    }
}
