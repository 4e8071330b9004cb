using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>The log of the engine. The receiver of the native log is the process's, so these run alone.</summary>
[NonParallelizable]
public sealed class LoggingTests
{
    private const string Secret = "xylophone";
    private FakeLogCollector _log = null!;
    private ILoggerFactory _factory = null!;

    [SetUp]
    public void Create()
    {
        FakeLoggerProvider provider = new();
        _log = provider.Collector;
        _factory = LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Trace).AddProvider(provider));
    }

    [TearDown]
    public void Dispose() => _factory.Dispose();

    private LlamaModelOptions Options() => new() { ChatTemplate = "chatml", ModelId = "logged", ContextLength = 512, GpuLayers = 0, LoggerFactory = _factory };

    private FakeLogRecord Single(int id) => _log.GetSnapshot().Single(r => r.Id.Id == id);

    [Test]
    public async Task A_loaded_model_is_told_with_its_placement()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, Options());
        FakeLogRecord loaded = Single(2001);
        Assert.That((loaded.Level, loaded.Category), Is.EqualTo((LogLevel.Information, "HeteroAgent.LlamaCpp.LlamaModel")));
        Dictionary<string, string?> state = loaded.StructuredState!.ToDictionary(p => p.Key, p => p.Value);
        Assert.That((state["Model"], state["Backend"], state["ContextLength"], state["GpuLayers"]), Is.EqualTo(("logged", "CPU", "512", "0")));
    }

    [Test]
    public async Task The_native_log_has_its_own_category_and_levels()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, Options());
        FakeLogRecord[] native = [.. _log.GetSnapshot().Where(r => r.Category == LlamaRuntimeOptions.NativeCategory)];
        Assert.That(native, Is.Not.Empty);
        Assert.That(native.Select(r => r.Id.Id), Has.All.EqualTo(2000));
        Assert.That(native.Select(r => r.Level), Does.Contain(LogLevel.Information));
        Assert.That(native.Select(r => r.Message.Trim()), Has.None.Empty);
    }

    [Test]
    public async Task Layers_for_a_gpu_that_is_not_there_are_warned_of()
    {
        Assume.That(LlamaRuntime.Load().DefaultBackend, Is.EqualTo("CPU"));
        LlamaModelOptions options = Options();
        options.GpuLayers = 99;
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, options);
        FakeLogRecord warning = Single(2003);
        Assert.That(warning.Level, Is.EqualTo(LogLevel.Warning));
        Assert.That(warning.Message, Does.Contain("99 layers").And.Contain("LLamaSharp.Backend"));
    }

    [Test]
    public async Task Requests_are_logged_at_debug_and_their_texts_nowhere()
    {
        await using (LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, Options()))
        {
            ChatResponse response = await model.AsIChatClient().GetResponseAsync(Secret, new ChatOptions { MaxOutputTokens = 4 });
            FakeLogRecord ended = Single(2011);
            Assert.That(ended.Level, Is.EqualTo(LogLevel.Debug));
            Assert.That(ended.GetStructuredStateValue("OutputTokens"), Is.EqualTo($"{response.Usage!.OutputTokenCount}"));
            Assert.That(Single(2010).GetStructuredStateValue("PromptTokens"), Is.EqualTo($"{response.Usage.InputTokenCount}"));
        }

        Assert.That(_log.GetSnapshot().Select(r => r.Message), Has.None.Contains(Secret));
        Assert.That(Single(2002).Level, Is.EqualTo(LogLevel.Debug));
    }

    [Test]
    public async Task A_full_queue_is_warned_of()
    {
        LlamaModelOptions options = Options();
        (options.MaxConcurrentRequests, options.MaxWaitingRequests) = (1, 0);
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, options);
        Task<ChatResponse> first = model.AsIChatClient().GetResponseAsync("Once", new ChatOptions { MaxOutputTokens = 400 });
        while (model.RunningRequests == 0 && !first.IsCompleted)
        {
            await Task.Yield();
        }

        await Assert.ThrowsAsync<ModelBusyException>(() => model.AsIChatClient().GetResponseAsync("Once"));
        Assert.That(Single(2012).Level, Is.EqualTo(LogLevel.Warning));
        await first;
    }

    [Test]
    public async Task A_damaged_prefix_file_is_warned_of()
    {
        using TemporaryFolder folder = new();
        LlamaModelOptions options = Options();
        options.PrefixCacheDirectory = folder.Path;
        ChatMessage[] shared = [new(ChatRole.System, string.Concat(Enumerable.Repeat("Tim and Sue went to the park. ", 10)))];
        await using (LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, options))
        {
            _ = await model.CachePromptPrefixAsync(shared);
        }

        string file = Directory.GetFiles(folder.Path).Single();
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 0xFF;
        File.WriteAllBytes(file, bytes);
        await using LlamaModel again = await LlamaModel.LoadAsync(Models.StoriesPath, options);
        _ = await again.AsIChatClient().GetResponseAsync([.. shared, new(ChatRole.User, "Once")], new ChatOptions { MaxOutputTokens = 2 });
        FakeLogRecord fault = Single(2020);
        Assert.That(fault.Level, Is.EqualTo(LogLevel.Warning));
        Assert.That(fault.Message, Does.Contain(file));
    }
}
