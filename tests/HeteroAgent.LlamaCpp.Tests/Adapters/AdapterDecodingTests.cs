using System.Text.Json;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>What the engine computes with adapters, against PyTorch, against llama.cpp without the engine, and against each request alone.</summary>
public sealed class AdapterDecodingTests
{
    // Keys and values are kept in 16 bits: what differs in the last bit of 32 may differ by that much behind them.
    private const float Half = 5e-3f;

    private static readonly int[] Prompt = [1, 60, 70, 80, 90, 100, 110, 120, 61, 71, 81, 91, 101, 111, 121, 62, 72, 82];
    private readonly TemporaryFolder _folder = new();
    private LlamaModel _model = null!;
    private LlamaAdapter _first = null!;
    private LlamaAdapter _second = null!;

    [OneTimeSetUp]
    public async Task Load()
    {
        GgufBuilder model = AdapterSamples.Model();
        _model = await LlamaModel.LoadAsync(_folder.File("model.gguf", model.Write()), new LlamaModelOptions { ChatTemplate = "chatml" });
        _first = await _model.LoadAdapterAsync(_folder.File("first.gguf", AdapterSamples.Adapter(model, 2).Write()));
        _second = await _model.LoadAdapterAsync(_folder.File("second.gguf", AdapterSamples.Adapter(model, 3, targets: ["attn_k.weight", "attn_output.weight", "ffn_up.weight"]).Write()));
    }

    [OneTimeTearDown]
    public void Unload()
    {
        _model?.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task Log_probabilities_agree_with_PyTorch()
    {
        string folder = Path.GetDirectoryName(SharedData.Require("models", "goldens", "tuning", "golden.json"))!;
        using JsonDocument golden = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "golden.json")));
        await using LlamaModel model = await LlamaModel.LoadAsync(Path.Combine(folder, "init.gguf"));
        await using LlamaAdapter adapter = await model.LoadAdapterAsync(Path.Combine(folder, "lora-init.gguf"));
        int[] tokens = [.. golden.RootElement.GetProperty("sequences")[0].GetProperty("tokens").EnumerateArray().Select(t => t.GetInt32())];
        float[] with = await NextAsync(model, adapter, tokens);
        float[] without = await NextAsync(model, null, tokens);
        Assert.That(with, Is.EqualTo(LogSoftmax(golden.RootElement.GetProperty("lora"))).Within(Half));
        Assert.That(without, Is.EqualTo(LogSoftmax(golden.RootElement)).Within(Half));
        Assert.That(with.Zip(without, (a, b) => Math.Abs(a - b)).Max(), Is.GreaterThan(0.01f));

        static float[] LogSoftmax(JsonElement element)
        {
            double[] logits = [.. element.GetProperty("first_sequence_last_logits").EnumerateArray().Select(l => l.GetDouble())];
            double normaliser = Math.Log(logits.Sum(Math.Exp));
            return [.. logits.Select(l => (float)(l - normaliser))];
        }
    }

    [Test]
    public async Task Log_probabilities_are_those_of_a_context_with_the_adapter()
    {
        foreach (LlamaAdapter? adapter in new[] { _first, null, _second, _first })
        {
            using RawAdapterContext raw = new(_model, adapter);
            Assert.That(await NextAsync(_model, adapter, Prompt), Is.EqualTo(raw.Next(Prompt)).Within(Half), adapter?.Name ?? "none");
        }

        Assert.That((await NextAsync(_model, _first, Prompt)).Zip(await NextAsync(_model, _second, Prompt), (a, b) => Math.Abs(a - b)).Max(), Is.GreaterThan(0.1f), "the adapters differ");
    }

    [Test]
    public async Task A_prefix_is_not_shared_across_adapters()
    {
        int[] prompt = [7, .. Enumerable.Range(0, 100).Select(i => 50 + (i * 7 % 200))];
        Assert.That(await CachedAsync(_first), Is.Zero);
        Assert.That(await CachedAsync(_second), Is.Zero);
        Assert.That(await CachedAsync(null), Is.Zero);
        Assert.That(await CachedAsync(_first), Is.EqualTo(prompt.Length - 1));
        Assert.That(await CachedAsync(_second), Is.EqualTo(prompt.Length - 1));
        Assert.That(await CachedAsync(null), Is.EqualTo(prompt.Length - 1));

        async Task<int> CachedAsync(LlamaAdapter? adapter)
        {
            GenerationRequest request = Request(_model, adapter, prompt, 3);
            _ = await Requests.RunAsync(_model, request);
            return request.CachedTokens;
        }
    }

    [Test]
    public async Task A_mixed_load_gives_the_tokens_of_each_request_alone()
    {
        LlamaAdapter?[] adapters = [_first, _second, null];
        (LlamaAdapter? Adapter, int[] Prompt)[] load = [.. Enumerable.Range(0, 30).Select(i => (adapters[i % 3], (int[])[.. Prompt, 40 + (i / 3), .. Enumerable.Range(0, i).Select(j => 60 + j)]))];
        List<List<GeneratedToken>> alone = [];
        foreach ((LlamaAdapter? adapter, int[] prompt) in load)
        {
            alone.Add(await Requests.RunAsync(_model, Request(_model, adapter, prompt, 12)));
        }

        List<GeneratedToken>[] together = await Task.WhenAll(load.Select(l => Task.Run(() => Requests.RunAsync(_model, Request(_model, l.Adapter, l.Prompt, 12)))));
        int compared = 0;
        for (int i = 0; i < load.Length; i++)
        {
            compared += RequireSame(together[i], alone[i], $"request {i}, {load[i].Adapter?.Name ?? "no adapter"}");
        }

        Assert.That(compared, Is.GreaterThan(alone.Sum(a => a.Count) * 9 / 10));
        Assert.That(alone.Select(a => string.Join(' ', a.Select(t => t.Id))).Distinct().Count(), Is.GreaterThan(5), "the requests differ");
    }

    [Test]
    public async Task A_crowded_cache_serves_every_adapter()
    {
        // Twelve requests of up to 150 tokens in 512 cells: the groups take cells from each other.
        LlamaAdapter?[] adapters = [_first, _second, null];
        List<GeneratedToken>[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Requests.RunAsync(_model, Request(_model, adapters[i % 3], [1, 40 + i, .. Enumerable.Range(0, 90).Select(j => 60 + j)], null, new Endless()))).Select(async run => (await run)[..40]));
        for (int i = 0; i < answers.Length; i++)
        {
            List<GeneratedToken> alone = await Requests.RunAsync(_model, Request(_model, adapters[i % 3], [1, 40 + i, .. Enumerable.Range(0, 90).Select(j => 60 + j)], 40, new Endless()));
            Assert.That(RequireSame(answers[i], alone, $"request {i}"), Is.GreaterThan(0));
        }
    }

    [Test]
    public async Task Choices_are_scored_with_the_adapter_while_others_write()
    {
        int[][] choices = [[70, 71, 72], [70, 80], [90, 91, 92, 93], [95]];
        Task<List<GeneratedToken>> neighbour = Requests.RunAsync(_model, Request(_model, _second, Prompt, 100));
        float[][] scored = await ScoreAsync(_model, _first, Prompt, choices);
        _ = await neighbour;

        // Beside the neighbour the prompt is read in smaller chunks, which round differently.
        using RawAdapterContext raw = new(_model, _first);
        for (int c = 0; c < choices.Length; c++)
        {
            float[] expected = [.. choices[c].Select((token, i) => raw.Next([.. Prompt, .. choices[c][..i]])[token])];
            Assert.That(scored[c], Is.EqualTo(expected).Within(5e-3f), $"choice {c}");
        }
    }

    [Test]
    public async Task A_schema_holds_with_an_adapter_and_log_probabilities_are_the_adapters()
    {
        JsonElement schema = JsonDocument.Parse("""{"type":"object","properties":{"a":{"type":"boolean"},"b":{"type":"integer"}},"required":["a","b"]}""").RootElement;
        using IChatClient client = _model.AsIChatClient(_first);
        ChatOptions options = new() { MaxOutputTokens = 60, ResponseFormat = ChatResponseFormat.ForJsonSchema(schema), RawRepresentationFactory = _ => new LlamaSamplingOptions { Logprobs = true } };
        ChatResponse response = await client.GetResponseAsync("x", options);
        Assert.That(JsonDocument.Parse(response.Text).RootElement.GetProperty("b").ValueKind, Is.EqualTo(JsonValueKind.Number));
        int[] prompt = [.. _model.RenderPrompt([new ChatMessage(ChatRole.User, "x")], options).TokenIds];
        IReadOnlyList<TokenLogprob> tokens = response.GetLogprobs();
        float[] scored = (await ScoreAsync(_model, _first, prompt, [.. tokens.Select(t => t.TokenId)]))[0];
        Assert.That(tokens.Select((t, i) => t.IsForced ? scored[i] : t.Logprob), Is.EqualTo(scored).Within(0.02f), "but for the rounding of chunks of another length");
        Assert.That(tokens.Count(t => !t.IsForced), Is.GreaterThan(1));
    }

    [Test]
    public async Task A_group_does_not_starve_another()
    {
        // The first group alone has work for thousands of steps.
        using TemporaryFolder folder = new();
        GgufBuilder file = AdapterSamples.Model().With("llama.context_length", 8192u);
        await using LlamaModel model = await LlamaModel.LoadAsync(folder.File("model.gguf", file.Write()));
        await using LlamaAdapter first = await model.LoadAdapterAsync(_first.Path);
        await using LlamaAdapter second = await model.LoadAdapterAsync(_second.Path);
        using CancellationTokenSource stop = new();
        GenerationRequest[] busy = [.. Enumerable.Range(0, 2).Select(i => Request(model, first, [1, 40 + i], null, new Endless(), stop.Token))];
        Array.ForEach(busy, model.Scheduler.Submit);
        List<GeneratedToken>[] others = await Task.WhenAll(Requests.RunAsync(model, Request(model, second, Prompt, 8, new Endless())), Requests.RunAsync(model, Request(model, null, Prompt, 8, new Endless())));
        Assert.That(busy.Select(r => r.Finish), Has.All.EqualTo(GenerationFinish.None), "the first group goes on");
        Assert.That(others.Select(o => o.Count), Has.All.EqualTo(8));
        int before = busy.Sum(r => r.Generated);
        await Task.Delay(50);
        Assert.That(busy.Sum(r => r.Generated), Is.GreaterThan(before), "and was not starved either");
        await stop.CancelAsync();
        Assert.That(await Task.WhenAll(busy.Select(DrainAsync)), Has.All.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_real_model_gives_the_same_tokens_with_other_adapters_beside_it()
    {
        LlamaModel model = await Models.SmolLM2Async();
        using TemporaryFolder folder = new();
        GgufBuilder file = new();
        file.Tensors.AddRange(model.File.Tensors.Select(t => new GgufTensorSpec(t.Name, [.. t.Shape.Select(n => (ulong)n)], 0, [])));
        await using LlamaAdapter first = await model.LoadAdapterAsync(folder.File("first.gguf", AdapterSamples.Adapter(file, 1, size: 0.05f).Write()));
        await using LlamaAdapter second = await model.LoadAdapterAsync(folder.File("second.gguf", AdapterSamples.Adapter(file, 2, size: 0.05f).Write()));
        LlamaAdapter?[] adapters = [first, second, null];
        int[][] prompts = [.. Enumerable.Range(0, 6).Select(i => Requests.Tokens(model, $"{i} is the number of a story about a "))];
        List<List<GeneratedToken>> alone = [];
        for (int i = 0; i < prompts.Length; i++)
        {
            alone.Add(await Requests.RunAsync(model, Request(model, adapters[i % 3], prompts[i], 8)));
        }

        List<GeneratedToken>[] together = await Task.WhenAll(prompts.Select((p, i) => Requests.RunAsync(model, Request(model, adapters[i % 3], p, 8))));

        // How many tokens are decoded together decides in which order llama.cpp takes its sums, with and without an adapter: near-ties may part.
        int[] same = [.. prompts.Select((_, i) => RequireSame(together[i], alone[i], $"request {i}", tolerance: 0.2f))];
        Assert.That(same.Sum(), Is.GreaterThan(prompts.Length * 3), string.Join(' ', same));
    }

    /// <summary>Requires the same tokens, up to a place where two tokens are equally likely within rounding; returns how many were the same.</summary>
    private static int RequireSame(List<GeneratedToken> found, List<GeneratedToken> expected, string what, float tolerance = 0.02f)
    {
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.That(found[i].Logprob, Is.EqualTo(expected[i].Logprob).Within(tolerance), $"{what}, token {i}");
            if (found[i].Id != expected[i].Id)
            {
                return i;
            }
        }

        return expected.Count;
    }

    internal static GenerationRequest Request(LlamaModel model, LlamaAdapter? adapter, int[] prompt, int? maxTokens, ITokenConstraint? constraint = null, CancellationToken cancellationToken = default) =>
        new(prompt, cancellationToken)
        {
            Adapter = adapter,
            MaxTokens = maxTokens,
            Constraint = constraint,
            Sampler = new Sampler(new SamplingParameters(), model.VocabularySize, model.Vocabulary.EndOfGeneration),
        };

    internal static async Task<Exception?> DrainAsync(GenerationRequest request)
    {
        try
        {
            await foreach (GeneratedToken _ in request.Output.ReadAllAsync())
            {
            }

            return null;
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or LlamaModelException)
        {
            return e;
        }
    }

    /// <summary>The log-probability of every token behind a prompt, by scoring each as a choice.</summary>
    private static async Task<float[]> NextAsync(LlamaModel model, LlamaAdapter? adapter, int[] prompt) =>
        [.. (await ScoreAsync(model, adapter, prompt, [.. Enumerable.Range(0, model.VocabularySize).Select(t => (int[])[t])])).Select(s => s[0])];

    private static async Task<float[][]> ScoreAsync(LlamaModel model, LlamaAdapter? adapter, int[] prompt, params int[][] choices)
    {
        GenerationRequest request = new(prompt, CancellationToken.None) { Adapter = adapter, Choices = choices };
        _ = await Requests.RunAsync(model, request);
        return request.ChoiceScores!;
    }

    /// <summary>Lets everything come but the end of the text.</summary>
    internal sealed class Endless : ITokenConstraint
    {
        private const int Vocabulary = 260;

        bool ITokenConstraint.IsComplete => false;

        bool ITokenConstraint.MustEnd => false;

        bool ITokenConstraint.IsFree => false;

        bool ITokenConstraint.Accepts(int token, int remainingTokens) => token > 2;

        void ITokenConstraint.FillMask(Span<ulong> mask, int remainingTokens)
        {
            mask.Fill(ulong.MaxValue);
            mask[0] &= ~7UL;
            mask[^1] = (1UL << (Vocabulary % 64)) - 1;
        }

        void ITokenConstraint.Advance(int token)
        {
        }
    }
}
