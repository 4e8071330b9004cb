using System.Diagnostics;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Batching, prefix reuse, admission, cancellation and disposal on real models.</summary>
public class SchedulerTests
{
    private static readonly string[] Prompts =
    [
        "List three fruits.", "What is the capital of Italy?", "Write a sentence about the sea.", "Name a planet.",
        "Count from one to ten.", "What colour is grass?", "Translate 'good morning' to French.", "Who wrote Hamlet?",
        "Give me a synonym of 'quick'.", "Explain gravity in one sentence.", "What is 7 times 8?", "Say something about cats.",
    ];

    private static async Task<string> AskAsync(IChatClient client, string prompt, int tokens, CancellationToken cancellationToken = default) =>
        (await client.GetResponseAsync(prompt, new ChatOptions { MaxOutputTokens = tokens }, cancellationToken)).Text;

    [Test]
    public async Task Greedy_IsTheSameWithAndWithoutNeighbours()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.SmolLM2Path);
        using IChatClient client = model.AsIChatClient();
        List<string> alone = [];
        foreach (string prompt in Prompts)
        {
            alone.Add(await AskAsync(client, prompt, 32));
        }

        await using LlamaModel fresh = await LlamaModel.LoadAsync(Models.SmolLM2Path);
        using IChatClient busy = fresh.AsIChatClient();
        string[] together = await Task.WhenAll(Prompts.Select(p => AskAsync(busy, p, 32)));
        Assert.That(together, Is.EqualTo(alone));
    }

    [Test]
    public async Task TwoHundredCallers_AllGetTheirOwnAnswer()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, new LlamaModelOptions { ChatTemplate = "chatml", ContextLength = 1024 });
        using IChatClient client = model.AsIChatClient();
        Dictionary<string, string> alone = [];
        for (int i = 0; i < 10; i++)
        {
            alone[$"Once upon a time {i}"] = await AskAsync(client, $"Once upon a time {i}", 24);
        }

        (string Prompt, string Text)[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            string prompt = $"Once upon a time {i % 10}";
            return (prompt, await AskAsync(client, prompt, 24));
        }));
        Assert.That(answers, Has.Length.EqualTo(200));
        int same = answers.Count(a => a.Text == alone[a.Prompt]);
        TestContext.Out.WriteLine($"{same} of 200 word for word as alone");
        Assert.That(same, Is.GreaterThanOrEqualTo(190), "a near-tie may fall the other way in another batch, no more");
    }

    [Test]
    public async Task Prefix_IsReusedBetweenRequests()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.SmolLM2Path);
        using IChatClient client = model.AsIChatClient();
        string instructions = string.Join(' ', Enumerable.Repeat("You are a careful assistant that answers in one word.", 30));
        ChatOptions options = new() { Instructions = instructions, MaxOutputTokens = 4 };
        ChatResponse first = await client.GetResponseAsync("Is water wet?", options);
        ChatResponse second = await client.GetResponseAsync("Is fire cold?", options);
        Assert.That(first.Usage!.CachedInputTokenCount, Is.Zero);
        Assert.That(second.Usage!.CachedInputTokenCount, Is.GreaterThan(250));

        // The same prefix again while many run: shared, not decoded again.
        ChatResponse[] many = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => client.GetResponseAsync($"Is {i} even?", options)));
        Assert.That(many.Select(r => r.Usage!.CachedInputTokenCount), Has.All.GreaterThan(250));
    }

    [Test]
    public async Task Prefix_IsWaitedForWhenManyArriveAtOnce()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.SmolLM2Path);
        using IChatClient client = model.AsIChatClient();
        string instructions = string.Join(' ', Enumerable.Repeat("You are a careful assistant that answers in one word.", 30));
        ChatResponse[] many = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => client.GetResponseAsync($"Is {i} even?", new ChatOptions { Instructions = instructions, MaxOutputTokens = 4 })));
        Assert.That(many.Count(r => r.Usage!.CachedInputTokenCount > 250), Is.EqualTo(7));
    }

    [Test]
    public async Task Conversation_ReusesItsOwnTurns()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.SmolLM2Path);
        using IChatClient client = model.AsIChatClient();
        List<ChatMessage> history = [new(ChatRole.User, "Name a fruit.")];
        ChatResponse first = await client.GetResponseAsync(history, new ChatOptions { MaxOutputTokens = 20 });
        history.AddRange(first.Messages);
        history.Add(new ChatMessage(ChatRole.User, "And another one?"));
        ChatResponse second = await client.GetResponseAsync(history, new ChatOptions { MaxOutputTokens = 20 });
        Assert.That(second.Usage!.CachedInputTokenCount, Is.GreaterThanOrEqualTo(first.Usage!.InputTokenCount!.Value - 1));
    }

    [Test]
    public async Task SmallCache_ServesMoreThanItHolds()
    {
        // Answers without a limit outgrow what was set aside: requests step back and go on later, and none is lost.
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, new LlamaModelOptions { ChatTemplate = "chatml", ContextLength = 256, MaxConcurrentRequests = 8 });
        using IChatClient client = model.AsIChatClient();
        ChatResponse[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => client.GetResponseAsync($"Tell me story {i}", new ChatOptions { StopSequences = ["\u0001"] })));
        Assert.That(answers.Select(a => a.Usage!.TotalTokenCount), Has.All.LessThanOrEqualTo(256));
        Assert.That(answers.Select(a => a.FinishReason), Has.All.Not.Null);
    }

    [Test]
    public async Task PromptOverTheContext_IsRefusedBeforeAnyWork()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, new LlamaModelOptions { ChatTemplate = "chatml", ContextLength = 256 });
        using IChatClient client = model.AsIChatClient();
        string prompt = string.Join(' ', Enumerable.Repeat("word", 1000));
        ContextOverflowException? e = await Assert.ThrowsAsync<ContextOverflowException>(() => client.GetResponseAsync(prompt));
        Assert.That(e!.ContextLength, Is.EqualTo(256));
        Assert.That(e.PromptTokens, Is.GreaterThan(1000));
    }

    [Test]
    public async Task Cancellation_EndsAtTheNextStepAndLeavesTheRestAlone()
    {
        LlamaModel model = await Models.SmolLM2Async();
        using IChatClient client = model.AsIChatClient();
        using CancellationTokenSource cancel = new();
        Task<string> other = AskAsync(client, "Count from one to fifty.", 60);
        int updates = 0;
        OperationCanceledException? e = await Assert.CatchAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync("Count from one to a thousand.", new ChatOptions { MaxOutputTokens = 1000 }, cancel.Token))
            {
                if (++updates == 3)
                {
                    await cancel.CancelAsync();
                }
            }
        });
        Assert.That(e!.CancellationToken, Is.EqualTo(cancel.Token));
        Assert.That(updates, Is.LessThan(100));
        Assert.That(await other, Is.Not.Empty);
    }

    [Test]
    public async Task CancelledBefore_NothingIsSubmitted()
    {
        using IChatClient client = (await Models.SmolLM2Async()).AsIChatClient();
        await Assert.CatchAsync<OperationCanceledException>(() => client.GetResponseAsync("x", null, new CancellationToken(true)));
    }

    [Test]
    public async Task AbandonedStream_FreesItsPlace()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.SmolLM2Path, new LlamaModelOptions { MaxConcurrentRequests = 1 });
        using IChatClient client = model.AsIChatClient();
        await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync("Count from one to a thousand.", new ChatOptions { MaxOutputTokens = 2000 }))
        {
            break;
        }

        Assert.That(await AskAsync(client, "Say yes.", 5), Is.Not.Empty);
    }

    [Test]
    public async Task DisposedInTheMiddleOfAStream_ThrowsObjectDisposed()
    {
        LlamaModel model = await LlamaModel.LoadAsync(Models.SmolLM2Path);
        using IChatClient client = model.AsIChatClient();
        int updates = 0;
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync("Count from one to a thousand.", new ChatOptions { MaxOutputTokens = 1000 }))
            {
                if (++updates == 3)
                {
                    await model.DisposeAsync();
                }
            }
        });
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetResponseAsync("x"));
    }

    [Test]
    public async Task BusyHost_DecodingDoesNotCollapse()
    {
        LlamaModel model = await Models.SmolLM2Async();
        Assert.That(model.Threads, Is.EqualTo(1));
        Assert.That(model.BatchThreads, Is.LessThanOrEqualTo(Environment.ProcessorCount));
        using IChatClient client = model.AsIChatClient();
        using CancellationTokenSource stop = new();
        Thread[] busy = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Thread.SpinWait(1000);
            }
        }))];
        Array.ForEach(busy, t => t.Start());
        Stopwatch watch = Stopwatch.StartNew();
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => AskAsync(client, $"Write a poem about the number {i}.", 24)));
        TestContext.Out.WriteLine($"4 answers of 24 tokens in {watch.Elapsed.TotalSeconds:F1} s with every core busy");
        await stop.CancelAsync();
        Array.ForEach(busy, t => t.Join());

        // Not a speed limit: with one thread too many the same work takes minutes.
        Assert.That(answers, Has.All.Not.Empty);
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(60)));
    }

    [Test]
    public async Task ThreadsBeyondTheCores_AreNotUsed()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, new LlamaModelOptions { Threads = 64, BatchThreads = 64 });
        Assert.That(model.Threads, Is.EqualTo(Environment.ProcessorCount));
        Assert.That(model.BatchThreads, Is.EqualTo(Environment.ProcessorCount));
    }

    [TestCase(1, 32)]
    [TestCase(64, 32)]
    [TestCase(64, 512)]
    public async Task ExtremeSizes_Run(int concurrent, int batch)
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, new LlamaModelOptions { ChatTemplate = "chatml", MaxConcurrentRequests = concurrent, BatchSize = batch, ContextLength = 2048 });
        using IChatClient client = model.AsIChatClient();
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 70).Select(i => AskAsync(client, $"Once {i}", 8)));
        Assert.That(answers, Has.Length.EqualTo(70));
    }

    [Test]
    public async Task LongChoices_AreScoredInPieces()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, new LlamaModelOptions { ChatTemplate = "chatml", ContextLength = 1024 });
        int[] prompt = [1, 300, 301];
        int[][] choices = [.. Enumerable.Range(0, 70).Select(i => Enumerable.Range(0, 5 + (i * 3)).Select(k => 260 + ((i + k) % 200)).ToArray())];
        GenerationRequest together = new(prompt, CancellationToken.None) { Choices = choices };
        model.Scheduler.Submit(together);
        await together.Output.Completion;
        foreach (int i in new[] { 0, 33, 69 })
        {
            GenerationRequest alone = new(prompt, CancellationToken.None) { Choices = [choices[i]] };
            model.Scheduler.Submit(alone);
            await alone.Output.Completion;
            Assert.That(together.ChoiceScores![i], Is.EqualTo(alone.ChoiceScores![0]).Within(1e-3), $"choice {i}");
        }
    }
}
