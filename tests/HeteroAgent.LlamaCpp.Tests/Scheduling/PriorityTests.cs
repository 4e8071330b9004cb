using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Who is started first, who steps back, and who is never forgotten.</summary>
public sealed class PriorityTests
{
    private static Task<LlamaModel> LoadAsync(int concurrent, int context = 2048) =>
        LlamaModel.LoadAsync(Models.StoriesPath, new LlamaModelOptions { ChatTemplate = "chatml", ContextLength = context, MaxConcurrentRequests = concurrent });

    private static GenerationRequest Request(LlamaModel model, RequestPriority priority, int first, int? tokens, ITokenConstraint? constraint = null) =>
        new([1, first, 310, 311, 312], CancellationToken.None)
        {
            Priority = priority,
            MaxTokens = tokens,
            Constraint = constraint,
            Sampler = new Sampler(new SamplingParameters(), model.VocabularySize, model.Vocabulary.EndOfGeneration),
        };

    [Test]
    public async Task Interactive_requests_are_started_before_normal_and_background_ones()
    {
        await using LlamaModel model = await LoadAsync(concurrent: 1);
        using Gate gate = await Gate.CloseAsync(model);
        List<RequestPriority> order = [];
        async Task RunAsync(RequestPriority priority, int first)
        {
            await Requests.RunAsync(model, Request(model, priority, first, 12));
            lock (order)
            {
                order.Add(priority);
            }
        }

        Task[] all = [RunAsync(RequestPriority.Background, 301), RunAsync(RequestPriority.Normal, 302), RunAsync(RequestPriority.Interactive, 303)];
        gate.Open();
        await Task.WhenAll(all);
        Assert.That(order, Is.EqualTo(new[] { RequestPriority.Interactive, RequestPriority.Normal, RequestPriority.Background }));
    }

    [Test]
    public async Task Background_steps_back_for_a_waiting_request_and_goes_on_with_the_same_text()
    {
        await using LlamaModel model = await LoadAsync(concurrent: 1);
        int[] alone = [.. (await Requests.RunAsync(model, Request(model, RequestPriority.Normal, 301, 400, new AdapterDecodingTests.Endless()))).Select(t => t.Id)];

        GenerationRequest background = Request(model, RequestPriority.Background, 301, 400, new AdapterDecodingTests.Endless());
        model.Scheduler.Submit(background);
        List<int> text = [];
        bool finishedBefore = false;
        await foreach (GeneratedToken token in background.Output.ReadAllAsync())
        {
            text.Add(token.Id);
            if (text.Count == 3)
            {
                await Requests.RunAsync(model, Request(model, RequestPriority.Interactive, 302, 5, new AdapterDecodingTests.Endless()));
                finishedBefore = background.Generated < 400;
            }
        }

        Assert.That(finishedBefore, Is.True, "the interactive request did not wait for the end of the other");
        Assert.That(background.Preempted, Is.True);
        Assert.That(text, Is.EqualTo(alone));
    }

    [Test]
    public async Task Equal_priorities_do_not_push_each_other_out()
    {
        await using LlamaModel model = await LoadAsync(concurrent: 1);
        GenerationRequest first = Request(model, RequestPriority.Interactive, 301, 60, new AdapterDecodingTests.Endless());
        Task<List<GeneratedToken>> running = Requests.RunAsync(model, first);
        await Requests.RunAsync(model, Request(model, RequestPriority.Interactive, 302, 5));
        Assert.That(first.Preempted, Is.False);
        Assert.That(await running, Has.Count.EqualTo(60));
    }

    [Test]
    public async Task Cells_are_taken_from_background_work_first()
    {
        await using LlamaModel model = await LoadAsync(concurrent: 8, context: 256);
        GenerationRequest[] background = [.. Enumerable.Range(0, 3).Select(i => Request(model, RequestPriority.Background, 301 + i, 60, new AdapterDecodingTests.Endless()))];
        Task<List<GeneratedToken>>[] running = [.. background.Select(b => Requests.RunAsync(model, b))];
        List<GeneratedToken> urgent = await Requests.RunAsync(model, Request(model, RequestPriority.Interactive, 320, 200, new AdapterDecodingTests.Endless()));
        Assert.That(urgent, Has.Count.EqualTo(200));
        Assert.That((await Task.WhenAll(running)).Select(r => r.Count), Has.All.EqualTo(60));
        Assert.That(await SchedulerFaultTests.FillsTheWholeCacheAsync(model), Is.True);
    }

    [Test]
    public async Task A_priority_that_is_none_is_refused()
    {
        using IChatClient client = (await Models.StoriesAsync()).AsIChatClient();
        ChatOptions options = new() { RawRepresentationFactory = _ => new LlamaSamplingOptions { Priority = (RequestPriority)7 } };
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.GetResponseAsync("x", options));
    }
}
