using System.Diagnostics.Metrics;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>A queue with an end: what is refused, what is told, and where it goes then.</summary>
public sealed class BackPressureTests
{
    private static Task<LlamaModel> LoadAsync(int waiting, TimeSpan? longest = null) =>
        LlamaModel.LoadAsync(Models.StoriesPath, new LlamaModelOptions { ChatTemplate = "chatml", ContextLength = 1024, MaxConcurrentRequests = 1, MaxWaitingRequests = waiting, MaxQueueTime = longest });

    [Test]
    public async Task The_request_over_the_limit_is_refused_at_once_with_the_numbers()
    {
        await using LlamaModel model = await LoadAsync(waiting: 2);
        using Gate gate = await Gate.CloseAsync(model);
        Task<List<GeneratedToken>>[] waiting = [.. Enumerable.Range(0, 2).Select(i => Requests.RunAsync(model, Requests.Generate(model, [1, 300 + i], 2)))];
        Assert.That((model.RunningRequests, model.WaitingRequests), Is.EqualTo((1, 2)));
        ModelBusyException e = Assert.Throws<ModelBusyException>(() => model.Scheduler.Submit(Requests.Generate(model, [1, 310], 2)))!;
        Assert.That((e.RunningRequests, e.WaitingRequests, e.Waited), Is.EqualTo((1, 2, (TimeSpan?)null)));
        Assert.That(e.Message, Does.Contain(model.Name));
        gate.Open();
        await Task.WhenAll(waiting);
        Assert.That(await Requests.RunAsync(model, Requests.Generate(model, [1, 310], 2)), Is.Not.Empty);
    }

    [Test]
    public async Task No_place_to_wait_still_serves_one_after_the_other()
    {
        await using LlamaModel model = await LoadAsync(waiting: 0);
        using IChatClient client = model.AsIChatClient();
        for (int i = 0; i < 20; i++)
        {
            Assert.That((await client.GetResponseAsync($"{i}", new ChatOptions { MaxOutputTokens = 1 })).FinishReason, Is.Not.Null);
        }

        // Every way to end gives the place back: refused, cancelled and failed requests.
        Assert.Throws<ContextOverflowException>(() => model.Scheduler.Submit(Requests.Generate(model, new int[2000], 1)));
        await Assert.ThrowsAsync<LlamaModelException>(() => Requests.RunAsync(model, Requests.Generate(model, [1, 1_000_000], 4)));
        using CancellationTokenSource cancel = new();
        GenerationRequest cancelled = Requests.Generate(model, [1, 300], 900, constraint: new AdapterDecodingTests.Endless(), cancellationToken: cancel.Token);
        model.Scheduler.Submit(cancelled);
        _ = await cancelled.Output.ReadAsync();
        await cancel.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(async () => await cancelled.Output.ReadAllAsync().LastAsync());
        Assert.That(await Requests.RunAsync(model, Requests.Generate(model, [1, 310], 2)), Is.Not.Empty);
        Assert.That((model.RunningRequests, model.WaitingRequests), Is.EqualTo((0, 0)).Or.EqualTo((1, 0)));
    }

    [Test]
    public async Task Background_work_leaves_half_of_the_queue_to_others()
    {
        await using LlamaModel model = await LoadAsync(waiting: 4);
        using Gate gate = await Gate.CloseAsync(model);
        GenerationRequest Background(int i) => new([1, 300 + i], CancellationToken.None) { Priority = RequestPriority.Background, MaxTokens = 1, Sampler = new Sampler(new SamplingParameters(), model.VocabularySize, model.Vocabulary.EndOfGeneration) };
        model.Scheduler.Submit(Background(0));
        model.Scheduler.Submit(Background(1));
        Assert.Throws<ModelBusyException>(() => model.Scheduler.Submit(Background(2)));
        Assert.DoesNotThrow(() => model.Scheduler.Submit(Requests.Generate(model, [1, 305], 1)));
    }

    [Test]
    public async Task A_request_that_is_not_started_in_time_is_given_up()
    {
        await using LlamaModel model = await LoadAsync(waiting: 10, TimeSpan.FromMilliseconds(1));
        using Gate gate = await Gate.CloseAsync(model);
        Task<List<GeneratedToken>> late = Requests.RunAsync(model, Requests.Generate(model, [1, 305], 1));
        await Task.Delay(20);
        gate.Open();
        ModelBusyException e = (await Assert.ThrowsAsync<ModelBusyException>(() => late))!;
        Assert.That(e.Waited, Is.GreaterThan(TimeSpan.FromMilliseconds(1)));
    }

    [Test]
    public async Task A_busy_model_is_a_reason_to_escalate()
    {
        await using LlamaModel model = await LoadAsync(waiting: 0);
        using Gate gate = await Gate.CloseAsync(model);
        using ScriptedChatClient frontier = new("from the frontier");
        foreach ((EscalationPolicy policy, string reason) in new[] { (EscalateWhen.Busy, "busy"), (EscalateWhen.Faulted, "faulted") })
        {
            using EscalatingChatClient client = new(model.AsIChatClient(), frontier, policy, leaveOpen: true);
            ChatResponse response = await client.GetResponseAsync("x");
            Assert.That(response.Text, Is.EqualTo("from the frontier"));
            Assert.That(response.GetEscalationReason(), Is.EqualTo(reason));
            Assert.That((await client.GetStreamingResponseAsync("x").ToChatResponseAsync()).Text, Is.EqualTo("from the frontier"));
        }

        using EscalatingChatClient unclaimed = new(model.AsIChatClient(), frontier, EscalateWhen.ContextOverflow, leaveOpen: true);
        await Assert.ThrowsAsync<ModelBusyException>(() => unclaimed.GetResponseAsync("x"));
    }

    [Test]
    public async Task The_queue_is_reported_and_returns_to_zero()
    {
        Dictionary<string, double> sums = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == HeteroAgentTelemetry.MeterName && instrument.Name.StartsWith("heteroagent.llama.", StringComparison.Ordinal))
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        void Add(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (sums)
            {
                sums[name] = sums.GetValueOrDefault(name) + value;
                Assert.That(tags.ToArray().Select(t => t.Key), Is.EqualTo(new[] { "gen_ai.request.model" }));
            }
        }

        listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Add(i.Name, value, tags));
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i.Name, value, tags));
        listener.SetMeasurementEventCallback<double>((i, _, tags, _) => Add(i.Name, 1, tags));
        listener.Start();
        LlamaModel model = await LoadAsync(waiting: 1);
        using (Gate gate = await Gate.CloseAsync(model))
        {
            model.Scheduler.Submit(Requests.Generate(model, [1, 305], 1));
            Assert.Throws<ModelBusyException>(() => model.Scheduler.Submit(Requests.Generate(model, [1, 306], 1)));
        }

        await model.DisposeAsync();
        Assert.That(sums["heteroagent.llama.requests.refused"], Is.EqualTo(1));
        Assert.That(sums["heteroagent.llama.requests.running"], Is.Zero);
        Assert.That(sums["heteroagent.llama.requests.waiting"], Is.Zero);
        Assert.That(sums["heteroagent.llama.queue.duration"], Is.AtLeast(1));
    }

    [TestCase(-1)]
    [TestCase(1_000_001)]
    public void A_limit_out_of_range_is_refused(int limit) =>
        Assert.That(() => LlamaModel.LoadAsync("x.gguf", new LlamaModelOptions { MaxWaitingRequests = limit }), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void Times_and_chunks_out_of_range_are_refused()
    {
        Assert.That(() => LlamaModel.LoadAsync("x.gguf", new LlamaModelOptions { MaxQueueTime = TimeSpan.Zero }), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => LlamaModel.LoadAsync("x.gguf", new LlamaModelOptions { PrefillChunk = 0 }), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
