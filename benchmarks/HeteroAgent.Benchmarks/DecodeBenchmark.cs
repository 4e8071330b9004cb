using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>Plain decoding: one greedy stream through the chat client against the raw loop and against one conversation of LLamaSharp's executor, all behind the first token.</summary>
/// <remarks>The target is for a model that holds nothing else, as the raw loop does. What the engine keeps of earlier requests for reuse costs every later token some attention: that is measured beside it, on a model that has served all the rounds before.</remarks>
internal static class DecodeBenchmark
{
    private const double Target = 0.98;

    internal static async Task<BenchmarkResult> RunAsync(LlamaModel model, BenchmarkOptions options)
    {
        int tokens = options.Tokens ?? 256;
        using IChatClient client = model.AsIChatClient();
        using RawContext raw = new(model, model.Threads);
        using BatchedPeer peer = new(model, model.Threads);
        int rounds = options.Rounds ?? 7;
        Pairs pairs = await Pairs.MeasureAsync(rounds, round => FreshEngineAsync(model, Messages(round), tokens), round => Raw(model, raw, Messages(round), tokens), round => PeerAsync(model, peer, Messages(round), tokens)).ConfigureAwait(false);
        Pairs used = await Pairs.MeasureAsync(rounds, round => EngineAsync(client, Messages(round), tokens), round => Raw(model, raw, Messages(round), tokens)).ConfigureAwait(false);
        double ratio = pairs.MedianRatio(s => s.Rate);
        JsonObject figures = new()
        {
            ["model"] = Path.GetFileName(model.Path),
            ["threads"] = model.Threads,
            ["tokens"] = tokens,
            ["engine_tokens_per_second"] = Math.Round(pairs.MedianEngine(s => s.Rate), 2),
            ["raw_tokens_per_second"] = Math.Round(pairs.MedianRaw(s => s.Rate), 2),
            ["llamasharp_tokens_per_second"] = Math.Round(pairs.MedianPeer(s => s.Rate), 2),
            ["vs_raw"] = Math.Round(ratio, 4),
            ["vs_llamasharp"] = Math.Round(pairs.MedianPeerRatio(s => s.Rate), 4),
            ["target_at_least"] = Target,
            ["cpu_time_ratio"] = Math.Round(pairs.MedianRatio(s => s.CpuSeconds / s.Work), 4),
            ["cpu_time_vs_llamasharp"] = Math.Round(pairs.MedianPeerRatio(s => s.CpuSeconds / s.Work), 4),
            ["rounds"] = pairs.ToJson(),
            ["ratio_with_kept_sequences"] = Math.Round(used.MedianRatio(s => s.Rate), 4),
            ["cpu_time_ratio_with_kept_sequences"] = Math.Round(used.MedianRatio(s => s.CpuSeconds / s.Work), 4),
            ["rounds_with_kept_sequences"] = used.ToJson(),
        };
        string summary = $"decode, {Path.GetFileName(model.Path)}: {pairs.MedianEngine(s => s.Rate):0.0} tokens/s against {pairs.MedianRaw(s => s.Rate):0.0} raw, ratio {ratio:0.000} (target at least {Target}), and {pairs.MedianPeer(s => s.Rate):0.0} of LLamaSharp, ratio {pairs.MedianPeerRatio(s => s.Rate):0.000}; processor time a token against raw {pairs.MedianRatio(s => s.CpuSeconds / s.Work):0.000}; with what {rounds} requests left in the cache {used.MedianRatio(s => s.Rate):0.000}";
        return new BenchmarkResult("decode", summary, ratio >= Target, figures);
    }

    // Each round asks something else, as callers do.
    private static List<ChatMessage> Messages(int round) =>
        [new(ChatRole.User, $"Write a very long story about a dragon who counts to {round + 10}, with as many details as you can.")];

    private static async Task<Sample> FreshEngineAsync(LlamaModel model, List<ChatMessage> messages, int tokens)
    {
        LlamaModel fresh = await LlamaModel.LoadAsync(model.Path!, new LlamaModelOptions { Threads = model.Threads, BatchThreads = model.BatchThreads }).ConfigureAwait(false);
        await using (fresh.ConfigureAwait(false))
        {
            using IChatClient client = fresh.AsIChatClient();
            return await EngineAsync(client, messages, tokens).ConfigureAwait(false);
        }
    }

    private static async Task<Sample> EngineAsync(IChatClient client, List<ChatMessage> messages, int tokens)
    {
        Sample.Clock clock = default;
        (int generated, _) = await EngineRequest.StreamAsync(client, messages, tokens, () => clock = Sample.Clock.Start()).ConfigureAwait(false);
        return clock.Stop(generated - 1);
    }

    private static async Task<Sample> PeerAsync(LlamaModel model, BatchedPeer peer, List<ChatMessage> messages, int tokens)
    {
        Sample.Clock clock = default;
        int generated = await peer.AnswerAsync([model.RenderPrompt(messages).TokenIds], tokens, () => clock = Sample.Clock.Start()).ConfigureAwait(false);
        return clock.Stop(generated - 1);
    }

    private static Sample Raw(LlamaModel model, RawContext raw, List<ChatMessage> messages, int tokens)
    {
        IReadOnlyList<int> prompt = model.RenderPrompt(messages).TokenIds;
        raw.Clear();
        int token = raw.Prefill(prompt, 0, sequence: 0);
        Sample.Clock clock = Sample.Clock.Start();
        int generated = 1;
        while (generated < tokens && !model.Vocabulary.IsEndOfGeneration(token))
        {
            int index = raw.Add(token, prompt.Count + generated - 1, 0, output: true);
            raw.Decode();
            token = raw.Greedy(index);
            generated++;
        }

        return clock.Stop(generated - 1);
    }
}
