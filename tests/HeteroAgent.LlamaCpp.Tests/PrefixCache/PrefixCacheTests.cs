using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Prefixes that outlive their process: another model object on the same folder stands for the next one.</summary>
public sealed class PrefixCacheTests
{
    private static readonly string Instructions = string.Join(' ', Enumerable.Range(1, 12).Select(i => $"Rule {i}: answer in {i} words."));

    private readonly TemporaryFolder _files = new();
    private TemporaryFolder _folder = null!;
    private string _path = null!;
    private string _adapter = null!;

    [OneTimeSetUp]
    public void Write()
    {
        GgufBuilder model = AdapterSamples.Model();
        _path = _files.File("model.gguf", model.Write());
        _adapter = _files.File("adapter.gguf", AdapterSamples.Adapter(model, 2).Write());
    }

    [OneTimeTearDown]
    public void Delete() => _files.Dispose();

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    private string[] Saved => Directory.GetFiles(_folder.Path, "*.prefix");

    private Task<LlamaModel> LoadAsync(bool cached = true, string? path = null, long maxBytes = 256 << 20, int context = 2048) => LlamaModel.LoadAsync(
        path ?? _path,
        new LlamaModelOptions { ChatTemplate = "chatml", ContextLength = context, GpuLayers = 0, PrefixCacheDirectory = cached ? _folder.Path : null, PrefixCacheMaxBytes = maxBytes });

    private static async Task<ChatResponse> AskAsync(LlamaModel model, string question, string? instructions = null, LlamaAdapter? adapter = null)
    {
        using IChatClient client = new LlamaChatClient(model, adapter);
        return await client.GetResponseAsync(question, new ChatOptions
        {
            Instructions = instructions ?? Instructions,
            MaxOutputTokens = 12,
            RawRepresentationFactory = _ => new LlamaSamplingOptions { Logprobs = true },
        });
    }

    private static void RequireSame(ChatResponse response, ChatResponse expected)
    {
        Assert.That(response.GetLogprobs().Select(t => t.TokenId), Is.EqualTo(expected.GetLogprobs().Select(t => t.TokenId)));
        Assert.That(response.GetLogprobs().Select(t => t.Logprob), Is.EqualTo(expected.GetLogprobs().Select(t => t.Logprob)).Within(5e-3f));
    }

    private async Task<ChatResponse> UncachedAsync(string question, string? path = null)
    {
        await using LlamaModel model = await LoadAsync(cached: false, path);
        return await AskAsync(model, question);
    }

    private async Task SaveAsync(string? instructions = null, string? path = null)
    {
        await using LlamaModel model = await LoadAsync(path: path);
        Assert.That(await model.CachePromptPrefixAsync([], new ChatOptions { Instructions = instructions ?? Instructions }), Is.GreaterThan(64));
    }

    [Test]
    public async Task What_two_requests_share_is_there_for_the_next_process()
    {
        await using (LlamaModel model = await LoadAsync())
        {
            _ = await AskAsync(model, "first question");
            Assert.That(Saved, Is.Empty, "nothing has recurred yet");
            _ = await AskAsync(model, "another one");
            _ = await AskAsync(model, "yet another");
        }

        Assert.That(Saved, Has.Length.EqualTo(1), "once, whatever their number");
        await using LlamaModel next = await LoadAsync();
        ChatResponse response = await AskAsync(next, "something new");
        Assert.That(response.Usage!.CachedInputTokenCount, Is.GreaterThan(200));
        RequireSame(response, await UncachedAsync("something new"));
        Assert.That(await SchedulerFaultTests.FillsTheWholeCacheAsync(next), Is.True);
    }

    [Test]
    public async Task A_host_can_have_its_prompt_saved()
    {
        int length;
        await using (LlamaModel model = await LoadAsync())
        {
            length = await model.CachePromptPrefixAsync([new ChatMessage(ChatRole.System, Instructions)]);
            Assert.That(Saved, Has.Length.EqualTo(1), "written when the call returns");
            Assert.That((await AskAsync(model, "x")).Usage!.CachedInputTokenCount, Is.EqualTo(length));
            Assert.That(await model.CachePromptPrefixAsync([], new ChatOptions { Instructions = Instructions }), Is.EqualTo(length));
        }

        Assert.That(Saved, Has.Length.EqualTo(1));
        await using LlamaModel next = await LoadAsync();
        Assert.That((await AskAsync(next, "x")).Usage!.CachedInputTokenCount, Is.EqualTo(length));
    }

    [Test]
    public async Task Without_a_folder_a_prefix_is_warm_in_memory()
    {
        await using LlamaModel model = await LoadAsync(cached: false);
        int length = await model.CachePromptPrefixAsync([], new ChatOptions { Instructions = Instructions });
        Assert.That((await AskAsync(model, "x")).Usage!.CachedInputTokenCount, Is.EqualTo(length));
    }

    [Test]
    public async Task Requests_that_come_at_once_share_one_restoring()
    {
        await SaveAsync();
        await using LlamaModel model = await LoadAsync();
        ChatResponse[] responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AskAsync(model, $"{i}")));
        Assert.That(responses.Select(r => r.Usage!.CachedInputTokenCount), Has.All.GreaterThan(200));
        Assert.That(await SchedulerFaultTests.FillsTheWholeCacheAsync(model), Is.True);
    }

    [Test]
    public async Task A_part_of_a_saved_prefix_is_used_too()
    {
        await SaveAsync();
        await using LlamaModel model = await LoadAsync();
        string half = Instructions[..(Instructions.Length / 2)] + " And now something else.";
        ChatResponse response = await AskAsync(model, "x", half);
        Assert.That(response.Usage!.CachedInputTokenCount, Is.InRange(200, 300), "the saved one has more");
        await using LlamaModel plain = await LoadAsync(cached: false);
        RequireSame(response, await AskAsync(plain, "x", half));
    }

    [TestCase("flip", 0.001)]
    [TestCase("flip", 0.02)]
    [TestCase("flip", 0.5)]
    [TestCase("flip", 1)]
    [TestCase("cut", 0)]
    [TestCase("cut", 0.5)]
    [TestCase("cut", 0.999)]
    [TestCase("foreign", 1)]
    public async Task A_damaged_file_is_deleted_and_made_anew(string kind, double where)
    {
        await SaveAsync();
        string file = Saved.Single();
        byte[] bytes = await File.ReadAllBytesAsync(file);
        int at = (int)(where * (bytes.Length - 1));
        byte[] damaged = kind switch { "cut" => bytes[..at], "foreign" => "something else"u8.ToArray(), _ => [.. bytes] };
        if (kind == "flip")
        {
            damaged[at] ^= 0x10;
        }

        await File.WriteAllBytesAsync(file, damaged);
        await using (LlamaModel model = await LoadAsync())
        {
            ChatResponse response = await AskAsync(model, "x");
            Assert.That(response.Usage!.CachedInputTokenCount, Is.Zero);
            RequireSame(response, await UncachedAsync("x"));
            Assert.That(Saved, Is.Empty);
            _ = await AskAsync(model, "y");
        }

        Assert.That(await File.ReadAllBytesAsync(Saved.Single()), Has.Length.GreaterThan(bytes.Length / 2), "rebuilt");
    }

    [Test]
    public async Task A_sealed_state_of_another_form_is_refused_by_the_library_and_deleted()
    {
        await SaveAsync();
        string file = Saved.Single();
        byte[] bytes = await File.ReadAllBytesAsync(file);
        PrefixFile.State(bytes).Span[..4].Fill(0xFF);
        PrefixFile.Seal(bytes);
        await File.WriteAllBytesAsync(file, bytes);
        await using LlamaModel model = await LoadAsync();
        RequireSame(await AskAsync(model, "x"), await UncachedAsync("x"));
        Assert.That(Saved, Is.Empty);
        Assert.That(await SchedulerFaultTests.FillsTheWholeCacheAsync(model), Is.True);
    }

    [Test]
    public async Task Another_model_under_the_same_path_finds_nothing()
    {
        string path = _files.File("replaced.gguf", AdapterSamples.Model().Write());
        await SaveAsync(path: path);
        _files.File("replaced.gguf", AdapterSamples.Model(seed: 9).Write());
        await using LlamaModel model = await LoadAsync(path: path);
        ChatResponse response = await AskAsync(model, "x");
        Assert.That(response.Usage!.CachedInputTokenCount, Is.Zero);
        RequireSame(response, await UncachedAsync("x", path));
        Assert.That(Saved, Has.Length.EqualTo(1), "what belongs to others stays until it is the oldest");
    }

    [Test]
    public async Task An_adapter_has_prefixes_of_its_own()
    {
        await SaveAsync();
        ChatResponse first;
        await using (LlamaModel model = await LoadAsync())
        {
            await using LlamaAdapter adapter = await model.LoadAdapterAsync(_adapter);
            first = await AskAsync(model, "x", adapter: adapter);
            Assert.That(first.Usage!.CachedInputTokenCount, Is.Zero);
            await model.CachePromptPrefixAsync([], new ChatOptions { Instructions = Instructions }, adapter);
        }

        Assert.That(Saved, Has.Length.EqualTo(2));
        await using LlamaModel next = await LoadAsync();
        await using LlamaAdapter again = await next.LoadAdapterAsync(_adapter);
        ChatResponse second = await AskAsync(next, "x", adapter: again);
        Assert.That(second.Usage!.CachedInputTokenCount, Is.GreaterThan(200));
        RequireSame(second, first);
    }

    [Test]
    public async Task The_files_used_longest_ago_make_room()
    {
        const int Limit = 1 << 20;
        string Text(int i) => $"{i:00} " + string.Join(' ', Enumerable.Repeat($"word{i:00}", 150));
        await using LlamaModel model = await LoadAsync(maxBytes: Limit);
        await model.CachePromptPrefixAsync([], new ChatOptions { Instructions = Text(0) });
        string first = Saved.Single();
        int fit = (int)(Limit / new FileInfo(first).Length);
        for (int i = 1; i <= fit; i++)
        {
            // The first is used again and again; whoever is oldest goes.
            await model.CachePromptPrefixAsync([], new ChatOptions { Instructions = Text(i) });
            await using LlamaModel reader = await LoadAsync();
            Assert.That((await AskAsync(reader, "x", Text(0))).Usage!.CachedInputTokenCount, Is.GreaterThan(200));
        }

        Assert.That(Saved, Has.Length.EqualTo(fit).And.Member(first));
        Assert.That(Saved.Sum(f => new FileInfo(f).Length), Is.AtMost(Limit));
    }

    [Test]
    public async Task Many_models_may_share_a_folder()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
        {
            for (int round = 0; round < 3; round++)
            {
                await using LlamaModel model = await LoadAsync();
                await Task.WhenAll(Enumerable.Range(0, 4).Select(i => AskAsync(model, $"{n} {round} {i}")));
            }
        })));
        Assert.That(Directory.GetFiles(_folder.Path, "*.tmp"), Is.Empty);
        await using LlamaModel last = await LoadAsync();
        Assert.That((await AskAsync(last, "x")).Usage!.CachedInputTokenCount, Is.GreaterThan(200));
    }

    [Test]
    public async Task A_folder_that_vanishes_costs_only_the_cache()
    {
        await using LlamaModel model = await LoadAsync();
        Directory.Delete(_folder.Path, recursive: true);
        _ = await AskAsync(model, "first question");
        ChatResponse second = await AskAsync(model, "another one");
        RequireSame(second, await UncachedAsync("another one"));
        Assert.That(await model.CachePromptPrefixAsync([], new ChatOptions { Instructions = Instructions }), Is.GreaterThan(64));
        Directory.CreateDirectory(_folder.Path);
    }

    [Test]
    public async Task A_folder_that_cannot_be_and_a_size_too_small_are_refused()
    {
        await Assert.CatchAsync<IOException>(() => LlamaModel.LoadAsync(_path, new LlamaModelOptions { PrefixCacheDirectory = Path.Combine(_path, "below") }));
        Assert.That(() => LlamaModel.LoadAsync(_path, new LlamaModelOptions { PrefixCacheMaxBytes = 1 }), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => LlamaModel.LoadAsync(_path, new LlamaModelOptions { PrefixCacheDirectory = " " }), Throws.ArgumentException);
    }

    [Test]
    public async Task Real_models_write_the_same_behind_a_restored_prefix()
    {
        foreach (string path in new[] { Models.StoriesPath, Models.SmolLM2Path })
        {
            await SaveAsync(path: path);
            await using LlamaModel model = await LoadAsync(path: path);
            foreach (string question in new[] { "What is a whale?", "Who wrote Hamlet?" })
            {
                ChatResponse response = await AskAsync(model, question);
                Assert.That(response.Usage!.CachedInputTokenCount, Is.GreaterThan(64));
                Assert.That(response.Text, Is.EqualTo((await UncachedAsync(question, path)).Text));
            }
        }
    }
}
