using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>What fails inside a step belongs to its request; the scheduler and its neighbours go on.</summary>
public sealed class SchedulerFaultTests
{
    private static Task<LlamaModel> LoadAsync(int context = 512, int concurrent = 16, int batch = 512) =>
        LlamaModel.LoadAsync(Models.StoriesPath, new LlamaModelOptions { ChatTemplate = "chatml", ContextLength = context, MaxConcurrentRequests = concurrent, BatchSize = batch });

    [TestCase(FailingConstraint.Point.Accepts)]
    [TestCase(FailingConstraint.Point.FillMask)]
    [TestCase(FailingConstraint.Point.Advance)]
    public async Task A_constraint_that_throws_fails_its_request_alone(FailingConstraint.Point point)
    {
        await using LlamaModel model = await LoadAsync();
        int[] prompt = Requests.Tokens(model, "Once upon a time");
        Task<List<GeneratedToken>> neighbour = Requests.RunAsync(model, Requests.Generate(model, prompt, 40));
        LlamaModelException e = (await Assert.ThrowsAsync<LlamaModelException>(() => Requests.RunAsync(model, Requests.Generate(model, prompt, 40, constraint: new FailingConstraint(point)))))!;
        Assert.That(e.InnerException, Is.TypeOf<DivideByZeroException>());
        Assert.That(await neighbour, Is.Not.Empty);
        Assert.That(await Requests.RunAsync(model, Requests.Generate(model, prompt, 4)), Has.Count.EqualTo(4));
    }

    [Test]
    public async Task A_token_outside_the_vocabulary_fails_the_step_and_not_the_model()
    {
        await using LlamaModel model = await LoadAsync();
        await Assert.ThrowsAsync<LlamaModelException>(() => Requests.RunAsync(model, Requests.Generate(model, [1, 1_000_000], 4)));
        Assert.That(await Requests.RunAsync(model, Requests.Generate(model, Requests.Tokens(model, "Once upon a time"), 4)), Has.Count.EqualTo(4));
        Assert.That(await FillsTheWholeCacheAsync(model), Is.True);
    }

    [Test]
    public async Task Numbers_that_are_not_finite_are_an_error()
    {
        GgufBuilder builder = GgufBuilder.Parse(await File.ReadAllBytesAsync(Models.StoriesPath));
        int at = builder.Tensors.FindIndex(t => t.Name == "output_norm.weight");
        byte[] damaged = [.. builder.Tensors[at].Data];
        BitConverter.TryWriteBytes(damaged, float.NaN);
        builder.Tensors[at] = builder.Tensors[at] with { Data = damaged };
        using TemporaryFolder folder = new();
        await using LlamaModel model = await LlamaModel.LoadAsync(folder.File("nan.gguf", builder.Write()), new LlamaModelOptions { ChatTemplate = "chatml", ContextLength = 256 });
        int[] prompt = Requests.Tokens(model, "Once");
        SamplingParameters warm = new() { Temperature = 1, Seed = 1 };
        Assert.That((await Assert.ThrowsAsync<LlamaModelException>(() => Requests.RunAsync(model, Requests.Generate(model, prompt, 3))))!.Message, Does.Contain("not finite"));
        Assert.That((await Assert.ThrowsAsync<LlamaModelException>(() => Requests.RunAsync(model, Requests.Generate(model, prompt, 3, warm))))!.Message, Does.Contain("not finite"));
        Assert.That((await Assert.ThrowsAsync<LlamaModelException>(() => Requests.ScoreAsync(model, prompt, [5, 6], [7])))!.Message, Does.Contain("not finite"));
    }

    [Test]
    public async Task More_requests_than_a_batch_holds_are_served()
    {
        await using LlamaModel model = await LoadAsync(context: 4096, concurrent: 64, batch: 32);
        List<GeneratedToken>[] answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Requests.RunAsync(model, Requests.Generate(model, Requests.Tokens(model, $"Tell {i}"), 30))));
        Assert.That(answers.Select(a => a.Count), Has.All.InRange(1, 30));
    }

    [Test]
    public async Task Choices_longer_than_a_batch_score_as_in_one_batch()
    {
        await using LlamaModel small = await LoadAsync(batch: 32);
        await using LlamaModel large = await LoadAsync();
        int[] prompt = Requests.Tokens(small, "Once upon a time");
        int[][] choices = [.. Enumerable.Range(0, 5).Select(i => Requests.Tokens(small, string.Join(' ', Enumerable.Repeat($"there was a dog {i}", 12)))[1..])];
        Assert.That(choices.Select(c => c.Length), Has.All.GreaterThan(64));
        float[][] inSmall = await Requests.ScoreAsync(small, prompt, choices);
        float[][] inLarge = await Requests.ScoreAsync(large, prompt, choices);
        for (int i = 0; i < choices.Length; i++)
        {
            Assert.That(inSmall[i], Is.EqualTo(inLarge[i]).Within(0.01f));
            Assert.That(inSmall[i], Has.All.LessThan(0));
        }
    }

    [Test]
    public async Task Choices_that_share_a_full_cache_are_all_scored()
    {
        await using LlamaModel model = await LoadAsync(context: 256, concurrent: 8);
        int[][] choices = [.. Enumerable.Range(0, 6).Select(i => Requests.Tokens(model, $"{i} the dog ran to the park and saw a big red ball")[1..])];
        int[] Prompt(int i) => Requests.Tokens(model, $"{i} " + string.Join(' ', Enumerable.Repeat("once upon a time", 8)));
        Task<List<GeneratedToken>>[] neighbours = [.. Enumerable.Range(0, 6).Select(i => Requests.RunAsync(model, Requests.Generate(model, Prompt(i), null)))];
        float[][][] crowded = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Requests.ScoreAsync(model, Prompt(i), choices)));
        Assert.That((await Task.WhenAll(neighbours)).Select(a => a.Count), Has.All.GreaterThan(0));
        for (int i = 0; i < crowded.Length; i++)
        {
            float[][] alone = await Requests.ScoreAsync(model, Prompt(i), choices);
            for (int c = 0; c < choices.Length; c++)
            {
                Assert.That(crowded[i][c], Is.EqualTo(alone[c]).Within(0.02f));
            }
        }

        Assert.That(await FillsTheWholeCacheAsync(model), Is.True);
    }

    [Test]
    public async Task Choices_that_cannot_fit_are_refused_before_any_work()
    {
        await using LlamaModel model = await LoadAsync(context: 64);
        ContextOverflowException e = (await Assert.ThrowsAsync<ContextOverflowException>(() => Requests.ScoreAsync(model, new int[40], new int[30])))!;
        Assert.That(e.PromptTokens, Is.EqualTo(40));
        Assert.That((await Requests.ScoreAsync(model, [.. Enumerable.Repeat(5, 40)], [.. Enumerable.Repeat(6, 25)]))[0], Has.Length.EqualTo(25));
    }

    [Test]
    public async Task A_document_that_cannot_fit_is_refused_before_any_work()
    {
        await using LlamaModel model = await LoadAsync(context: 64);
        using IChatClient client = model.AsIChatClient();
        string name = new('x', 60);
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(System.Text.Json.JsonDocument.Parse($$$"""{"type":"object","properties":{"{{{name}}}":{"type":"string"}},"required":["{{{name}}}"]}""").RootElement) };
        Assert.That((await Assert.ThrowsAsync<ContextOverflowException>(() => client.GetResponseAsync("x", options)))!.Message, Does.Contain("must be left for the answer"));
    }

    [Test]
    public async Task A_model_that_writes_no_text_is_refused_as_a_chat_model()
    {
        string path = SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf");
        await using LlamaModel model = await LlamaModel.LoadAsync(path, new LlamaModelOptions { ChatTemplate = "chatml" });
        using IChatClient client = model.AsIChatClient();
        Assert.That((await Assert.ThrowsAsync<LlamaModelException>(() => client.GetResponseAsync("x")))!.Message, Does.Contain("bert").And.Contain("embed"));
    }

    /// <summary>Whether llama.cpp itself still has all its cells: a prompt that needs every one of them decodes.</summary>
    internal static async Task<bool> FillsTheWholeCacheAsync(LlamaModel model)
    {
        int[] prompt = [.. Enumerable.Range(0, model.ContextLength - 1).Select(i => 200 + (i % 7))];
        return (await Requests.RunAsync(model, Requests.Generate(model, prompt, 1))).Count == 1 && model.Scheduler.FreeCells == 1;
    }

    public sealed class FailingConstraint(FailingConstraint.Point point) : ITokenConstraint
    {
        public enum Point
        {
            Accepts,
            FillMask,
            Advance,
        }

        bool ITokenConstraint.IsComplete => false;

        bool ITokenConstraint.MustEnd => false;

        bool ITokenConstraint.IsFree => false;

        bool ITokenConstraint.Accepts(int token, int remainingTokens) => point switch
        {
            Point.Accepts => throw new DivideByZeroException(),
            Point.FillMask => false,
            _ => true,
        };

        void ITokenConstraint.FillMask(Span<ulong> mask, int remainingTokens) => throw new DivideByZeroException();

        void ITokenConstraint.Advance(int token) => throw new DivideByZeroException();
    }
}
