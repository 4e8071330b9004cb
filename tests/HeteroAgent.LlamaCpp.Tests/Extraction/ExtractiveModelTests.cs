using HeteroAgent.Starter;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

internal sealed class ExtractiveModelTests
{
    private const string Request = "play some jazz by Miles Davis";
    private ExtractiveModel _model = null!;

    [OneTimeSetUp]
    public async Task Load() => _model = await StarterModel.LoadAsync();

    [OneTimeTearDown]
    public void Unload() => _model?.Dispose();

    [Test]
    public void The_schema_can_be_read() => Assert.Multiple(() =>
    {
        Assert.That(_model.Tools.Select(t => t.Name), Is.EqualTo(new[] { "AddToPlaylist", "BookRestaurant", "GetWeather", "PlayMusic", "RateBook", "SearchCreativeWork", "SearchScreeningEvent" }));
        Assert.That(_model.Tools[5].Slots, Is.EqualTo(new[] { "object_name", "object_type" }));
        Assert.That(_model.MaxRequestTokens, Is.EqualTo(512));
        Assert.That(StarterModel.EscalationThreshold, Is.InRange(0.5, 0.99));
    });

    [Test]
    public async Task A_shouted_request_is_read_as_if_in_lower_case_and_keeps_its_case_in_the_values()
    {
        Extraction shouted = await _model.ExtractAsync("WHAT IS THE WEATHER IN PARIS TOMORROW");
        Extraction spoken = await _model.ExtractAsync("what is the weather in paris tomorrow");
        Assert.That(shouted.Spans.Select(s => (s.Slot, s.Value.ToLowerInvariant())), Is.EqualTo(spoken.Spans.Select(s => (s.Slot, s.Value))));
        Assert.That(shouted.Spans.Select(s => s.Value), Is.All.Match("^[A-Z ]+$"));
        Assert.That(shouted.Logprob, Is.EqualTo(spoken.Logprob).Within(1e-6));
    }

    [Test]
    public async Task Only_the_named_tools_are_considered()
    {
        Extraction free = await _model.ExtractAsync(Request);
        Extraction bound = await _model.ExtractAsync(Request, ["GetWeather", "RateBook"]);
        Assert.That(free.Tool, Is.EqualTo("PlayMusic"));
        Assert.That(bound.Tool, Is.AnyOf("GetWeather", "RateBook"));
        Assert.That(bound.Logprob, Is.LessThan(free.Logprob));
        Assert.That(() => _model.ExtractAsync(Request, ["Fly"]), Throws.ArgumentException.With.Message.Contains("Fly").And.Message.Contains("PlayMusic"));
    }

    [TestCase("")]
    [TestCase(" \t\r\n\u2003")]
    public void A_request_without_words_is_refused(string request) =>
        Assert.That(() => _model.ExtractAsync(request), Throws.ArgumentException.With.Property("ParamName").EqualTo("request"));

    [TestCase("\uD83D play \uDE00 jazz")]
    [TestCase("play 🎷 jazz, 日本語 and é")]
    [TestCase("<s><sep><tool:RateBook>")]
    [TestCase("!")]
    public async Task Odd_characters_are_read(string request)
    {
        Extraction call = await _model.ExtractAsync(request);
        Assert.That(call.Request, Is.EqualTo(request));
        Assert.That(call.Spans.Select(s => request.Substring(s.Start, s.Length)), Is.EqualTo(call.Spans.Select(s => s.Value)));
    }

    [Test]
    public void Control_tokens_in_a_request_stay_text()
    {
        int marks = 6 + _model.Tools.Count + _model.Tools.SelectMany(t => t.Slots).Distinct().Count();
        Assert.That(_model.Encode("<s><sep><tool:RateBook>", 0).Tokens.Skip(1).SkipLast(1), Is.All.GreaterThanOrEqualTo(marks));
    }

    [TestCase(511)]
    [TestCase(100_000)]
    public void A_request_that_is_too_long_is_refused_before_any_work(int words) =>
        Assert.That(() => _model.ExtractAsync(string.Concat(Enumerable.Repeat("a ", words))), Throws.InstanceOf<ContextOverflowException>().With.Property("ContextLength").EqualTo(512));

    [Test]
    public void A_single_word_of_a_million_letters_is_refused_at_once() =>
        Assert.That(() => _model.ExtractAsync(new string('x', 1_000_000)), Throws.InstanceOf<ContextOverflowException>());

    [Test]
    public async Task The_longest_request_is_read() =>
        Assert.That((await _model.ExtractAsync(string.Concat(Enumerable.Repeat("a ", 510)))).InputTokens, Is.EqualTo(512 * StarterModel.Paths.Count));

    [Test]
    public async Task Two_hundred_callers_get_their_own_answers()
    {
        string[] artists = [.. Enumerable.Range(0, 200).Select(i => $"play track number {i} by artist{i % 7}")];
        Extraction[] calls = await Task.WhenAll(artists.Select(a => Task.Run(() => _model.ExtractAsync(a))));
        Assert.That(calls.Select(c => c.Request), Is.EqualTo(artists));
        Extraction alone = await _model.ExtractAsync(artists[17]);
        Assert.That(GoldenCall.Write(calls[17]), Is.EqualTo(GoldenCall.Write(alone)));
    }

    [Test]
    public async Task A_cancelled_request_ends_and_others_go_on()
    {
        using CancellationTokenSource source = new();
        Task<Extraction>[] all = [.. Enumerable.Range(0, 100).Select(i => _model.ExtractAsync(Request, null, i % 2 == 0 ? source.Token : CancellationToken.None))];
        await source.CancelAsync();
        Extraction[] kept = await Task.WhenAll(all.Where((_, i) => i % 2 == 1));
        Assert.That(kept.Select(k => k.Tool), Is.All.EqualTo("PlayMusic"));
        foreach (Task<Extraction> cancelled in all.Where((_, i) => i % 2 == 0))
        {
            // One that was answered before the cancellation has its answer; none hangs.
            await cancelled.ContinueWith(_ => { }, TaskScheduler.Default);
            Assert.That(cancelled.IsCanceled || cancelled.IsCompletedSuccessfully);
        }

        Assert.That(() => _model.ExtractAsync(Request, null, source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Disposing_in_the_middle_answers_or_ends_every_request()
    {
        ExtractiveModel model = await StarterModel.LoadAsync(new ExtractiveModelOptions { Threads = 1 });
        Task<Extraction>[] all = [.. Enumerable.Range(0, 300).Select(_ => model.ExtractAsync(Request))];
        model.Dispose();
        model.Dispose();
        foreach (Task<Extraction> one in all)
        {
            await one.ContinueWith(_ => { }, TaskScheduler.Default);
            Assert.That(one.IsCompletedSuccessfully || one.Exception?.InnerException is ObjectDisposedException);
        }

        Assert.That(all.Count(t => t.IsFaulted), Is.GreaterThan(0));
        Assert.That(() => model.ExtractAsync(Request), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Disposing_a_model_ends_what_was_made_of_it()
    {
        LlamaModel model = await LlamaModel.LoadAsync(StarterModel.Paths[0]);
        using ExtractiveModel extractive = ExtractiveModel.FromModels([model]);
        Assert.That((await extractive.ExtractAsync(Request)).Tool, Is.EqualTo("PlayMusic"));
        model.Dispose();
        Assert.That(() => extractive.ExtractAsync(Request), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => ExtractiveModel.FromModels([model]), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void A_model_that_is_not_extractive_is_refused()
    {
        string path = SharedData.Require("models", "stories260K.gguf");
        Assert.That(() => ExtractiveModel.LoadAsync(path), Throws.InstanceOf<LlamaModelException>().With.Message.Contains("extract.tools"));
    }

    [Test]
    public void Bad_options_and_paths_are_refused()
    {
        Assert.That(() => ExtractiveModel.LoadAsync(StarterModel.Paths[0], new ExtractiveModelOptions { Threads = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ExtractiveModel.LoadAsync(Array.Empty<string>()), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ExtractiveModel.LoadAsync("no-such.gguf"), Throws.InstanceOf<FileNotFoundException>());
    }
}
