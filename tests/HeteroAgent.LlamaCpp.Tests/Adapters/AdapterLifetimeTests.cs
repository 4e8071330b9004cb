using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Adapters come and go, in any order, while requests run.</summary>
public sealed class AdapterLifetimeTests
{
    private static readonly int[] Prompt = [1, 60, 70, 80];
    private readonly TemporaryFolder _folder = new();
    private LlamaModel _model = null!;
    private string _path = null!;

    [SetUp]
    public async Task Load()
    {
        GgufBuilder model = AdapterSamples.Model();
        _model = await LlamaModel.LoadAsync(_folder.File("model.gguf", model.Write()), new LlamaModelOptions { ChatTemplate = "chatml" });
        _path = _folder.File("ticket.lora.gguf", AdapterSamples.Adapter(model, 2).Write());
    }

    [TearDown]
    public void Unload() => _model?.Dispose();

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    private GenerationRequest Endless(LlamaAdapter? adapter) =>
        AdapterDecodingTests.Request(_model, adapter, Prompt, null, new AdapterDecodingTests.Endless());

    [Test]
    public async Task Disposing_an_adapter_ends_its_requests_and_no_others()
    {
        LlamaAdapter adapter = await _model.LoadAdapterAsync(_path);
        GenerationRequest[] mine = [.. Enumerable.Range(0, 40).Select(_ => Endless(adapter))];
        GenerationRequest other = Endless(null);
        Array.ForEach(mine, _model.Scheduler.Submit);
        _model.Scheduler.Submit(other);
        Assert.That(await mine[0].Output.WaitToReadAsync(), Is.True);
        await adapter.DisposeAsync();
        Exception?[] ends = await Task.WhenAll(mine.Select(AdapterDecodingTests.DrainAsync));
        Assert.That(ends.Count(e => e is ObjectDisposedException), Is.GreaterThan(20), "most were waiting or running");
        Assert.That(ends.OfType<Exception>(), Has.All.TypeOf<ObjectDisposedException>());
        Assert.That(await AdapterDecodingTests.DrainAsync(other), Is.Null);
        Assert.That(await SchedulerFaultTests.FillsTheWholeCacheAsync(_model), Is.True);
    }

    [Test]
    public async Task A_disposed_adapter_is_refused()
    {
        LlamaAdapter adapter = await _model.LoadAdapterAsync(_path);
        using IChatClient client = _model.AsIChatClient(adapter);
        _ = await client.GetResponseAsync("x", new ChatOptions { MaxOutputTokens = 2 });
        adapter.Dispose();
        adapter.Dispose();
        Assert.That(async () => await client.GetResponseAsync("x"), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _model.AsIChatClient(adapter), Throws.TypeOf<ObjectDisposedException>());
        using IChatClient without = _model.AsIChatClient();
        Assert.That((await without.GetResponseAsync("x", new ChatOptions { MaxOutputTokens = 2 })).Usage!.OutputTokenCount, Is.GreaterThan(0));
    }

    [Test]
    public async Task Disposing_the_model_ends_the_requests_and_frees_its_adapters()
    {
        LlamaAdapter adapter = await _model.LoadAdapterAsync(_path);
        GenerationRequest[] running = [.. Enumerable.Range(0, 40).Select(i => Endless(i % 2 == 0 ? adapter : null))];
        Array.ForEach(running, _model.Scheduler.Submit);
        _model.Dispose();
        Assert.That((await Task.WhenAll(running.Select(AdapterDecodingTests.DrainAsync))).Count(e => e is ObjectDisposedException), Is.GreaterThan(0));
        Assert.That(adapter.Handle.IsClosed, Is.True);
        adapter.Dispose();
        Assert.That(() => _model.LoadAdapterAsync(_path), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task An_adapter_of_another_loaded_model_is_refused()
    {
        await using LlamaModel second = await LlamaModel.LoadAsync(_model.Path!, new LlamaModelOptions { ChatTemplate = "chatml" });
        await using LlamaAdapter adapter = await second.LoadAdapterAsync(_path);
        Assert.That(() => _model.AsIChatClient(adapter), Throws.ArgumentException.With.Message.Contains("another LlamaModel"));
        Assert.That(() => _model.AsIChatClient(null!), Throws.ArgumentNullException);
    }

    [Test]
    public async Task A_client_names_its_adapter()
    {
        await using LlamaAdapter adapter = await _model.LoadAdapterAsync(_path);
        using IChatClient client = _model.AsIChatClient(adapter);
        ChatResponse response = await client.GetResponseAsync("x", new ChatOptions { MaxOutputTokens = 2 });
        Assert.That(response.ModelId, Is.EqualTo("a sample+ticket.lora"));
        Assert.That(client.GetService<ChatClientMetadata>()!.DefaultModelId, Is.EqualTo(response.ModelId));
        Assert.That(client.GetService<LlamaAdapter>(), Is.SameAs(adapter));
        Assert.That(client.GetService<LlamaModel>(), Is.SameAs(_model));
        Assert.That(client.GetService(typeof(LlamaAdapter), "key"), Is.Null);
        using IChatClient without = _model.AsIChatClient();
        Assert.That(without.GetService<LlamaAdapter>(), Is.Null);
        Assert.That((await without.GetResponseAsync("x", new ChatOptions { MaxOutputTokens = 2 })).ModelId, Is.EqualTo("a sample"));
    }

    [Test]
    public async Task Adapters_come_and_go_while_others_decode()
    {
        using CancellationTokenSource stop = new();
        Task[] callers = [.. Enumerable.Range(0, 3).Select(caller => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                _ = await Requests.RunAsync(_model, AdapterDecodingTests.Request(_model, null, Prompt, 5));
            }
        }))];
        int[] expected = [.. (await Requests.RunAsync(_model, AdapterDecodingTests.Request(_model, null, Prompt, 20))).Select(t => t.Id)];
        int[]? with = null;
        for (int i = 0; i < 30; i++)
        {
            await using LlamaAdapter adapter = await _model.LoadAdapterAsync(_path);
            int[] tokens = [.. (await Requests.RunAsync(_model, AdapterDecodingTests.Request(_model, adapter, Prompt, 20))).Select(t => t.Id)];
            Assert.That(tokens, Is.EqualTo(with ??= tokens));
        }

        Assert.That((await Requests.RunAsync(_model, AdapterDecodingTests.Request(_model, null, Prompt, 20))).Select(t => t.Id), Is.EqualTo(expected));
        Assert.That(with, Is.Not.EqualTo(expected));
        await stop.CancelAsync();
        await Task.WhenAll(callers);
    }
}
