using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>Sixteen requests at once through the chat client against sixteen sequences in one raw batch and against sixteen conversations of LLamaSharp's executor, prompts included.</summary>
internal static class BatchBenchmark
{
    private const int Requests = 16;
    private const double Target = 0.90;

    internal static async Task<BenchmarkResult> RunAsync(LlamaModel model, BenchmarkOptions options)
    {
        int tokens = options.Tokens ?? 64;
        using IChatClient client = model.AsIChatClient();
        using RawContext raw = new(model, model.BatchThreads);
        using BatchedPeer peer = new(model, model.BatchThreads);
        Pairs pairs = await Pairs.MeasureAsync(options.Rounds ?? 7, round => EngineAsync(client, round, tokens), round => Raw(model, raw, round, tokens), round => PeerAsync(model, peer, round, tokens)).ConfigureAwait(false);
        double ratio = pairs.MedianRatio(s => s.Rate);
        JsonObject figures = new()
        {
            ["model"] = Path.GetFileName(model.Path),
            ["threads"] = model.BatchThreads,
            ["requests"] = Requests,
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
        };
        string summary = $"batch, {Path.GetFileName(model.Path)}: {pairs.MedianEngine(s => s.Rate):0.0} tokens/s against {pairs.MedianRaw(s => s.Rate):0.0} raw, ratio {ratio:0.000} (target at least {Target}), and {pairs.MedianPeer(s => s.Rate):0.0} of LLamaSharp, ratio {pairs.MedianPeerRatio(s => s.Rate):0.000}; processor time a token against raw {pairs.MedianRatio(s => s.CpuSeconds / s.Work):0.000}";
        return new BenchmarkResult("batch", summary, ratio >= Target, figures);
    }

    // The prompts differ from their first words on, so that the engine gains nothing from a shared prefix.
    private static List<ChatMessage> Messages(int round, int request) =>
    [
        new(ChatRole.System, $"{(round * Requests) + request} is your number. You write long stories."),
        new(ChatRole.User, "Write a long story about a dragon and a knight."),
    ];

    private static async Task<Sample> EngineAsync(IChatClient client, int round, int tokens)
    {
        Sample.Clock clock = Sample.Clock.Start();
        (int Tokens, int Cached)[] answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(r => EngineRequest.StreamAsync(client, Messages(round, r), tokens))).ConfigureAwait(false);
        return clock.Stop(answers.Sum(a => a.Tokens));
    }

    private static async Task<Sample> PeerAsync(LlamaModel model, BatchedPeer peer, int round, int tokens)
    {
        Sample.Clock clock = Sample.Clock.Start();
        int generated = await peer.AnswerAsync([.. Enumerable.Range(0, Requests).Select(r => model.RenderPrompt(Messages(round, r)).TokenIds)], tokens).ConfigureAwait(false);
        return clock.Stop(generated);
    }

    private static Sample Raw(LlamaModel model, RawContext raw, int round, int tokens)
    {
        Sample.Clock clock = Sample.Clock.Start();
        raw.Clear();
        List<(int Sequence, int Position, int Index)> waiting = [];
        List<(int Sequence, int Position, int Token)> running = [];
        for (int r = 0; r < Requests; r++)
        {
            IReadOnlyList<int> prompt = model.RenderPrompt(Messages(round, r)).TokenIds;
            if (raw.Count + prompt.Count > raw.BatchSize)
            {
                Step(raw, waiting, running);
            }

            for (int i = 0; i < prompt.Count; i++)
            {
                int index = raw.Add(prompt[i], i, r, output: i == prompt.Count - 1);
                if (i == prompt.Count - 1)
                {
                    waiting.Add((r, prompt.Count, index));
                }
            }
        }

        Step(raw, waiting, running);
        int generated = Requests;
        for (int step = 1; step < tokens && running.Count > 0; step++)
        {
            running.RemoveAll(s => model.Vocabulary.IsEndOfGeneration(s.Token));
            foreach ((int sequence, int position, int token) in running)
            {
                waiting.Add((sequence, position + 1, raw.Add(token, position, sequence, output: true)));
            }

            running.Clear();
            generated += waiting.Count;
            Step(raw, waiting, running);
        }

        return clock.Stop(generated);
    }

    private static void Step(RawContext raw, List<(int Sequence, int Position, int Index)> waiting, List<(int Sequence, int Position, int Token)> running)
    {
        if (raw.Count == 0)
        {
            return;
        }

        raw.Decode();
        running.AddRange(waiting.Select(w => (w.Sequence, w.Position, raw.Greedy(w.Index))));
        waiting.Clear();
    }
}
