using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>Decoding beside other processes that take whole cores: one stream and eight at once through the engine, and a raw loop with a thread on every core.</summary>
internal static class BusyHostBenchmark
{
    private const double Target = 0.25;
    private const int Streams = 8;
    private static readonly TimeSpan LongestRaw = TimeSpan.FromSeconds(10);

    internal static async Task<BenchmarkResult> RunAsync(BenchmarkOptions options)
    {
        LlamaModel model = await LlamaModel.LoadAsync(ModelFile.Find(options.ModelPath)).ConfigureAwait(false);
        await using (model.ConfigureAwait(false))
        {
            using IChatClient client = model.AsIChatClient();
            using RawContext raw = new(model, Environment.ProcessorCount);
            int tokens = options.Tokens ?? 64;
            await StreamsAsync(client, 1, 8).ConfigureAwait(false);
            JsonArray rows = [];
            StringBuilder summary = new("busy: tokens a second beside processes that take a core each");
            double idle = 0;
            double least = double.MaxValue;
            for (int busy = 0; busy <= Environment.ProcessorCount; busy++)
            {
                List<double> one = [];
                List<double> eight = [];
                List<double> fixedThreads = [];
                Process[] others = [.. Enumerable.Range(0, busy).Select(_ => Process.Start("sh", ["-c", "while :; do :; done"]))];
                try
                {
                    for (int round = 0; round < (options.Rounds ?? 3); round++)
                    {
                        one.Add(await StreamsAsync(client, 1, tokens).ConfigureAwait(false));
                        eight.Add(await StreamsAsync(client, Streams, tokens).ConfigureAwait(false));
                        fixedThreads.Add(Raw(model, raw, tokens));
                    }
                }
                finally
                {
                    Array.ForEach(others, p => p.Kill());
                    Array.ForEach(others, p => p.Dispose());
                }

                idle = busy == 0 ? Median(one) : idle;
                least = Math.Min(least, Median(one) / idle);
                rows.Add(new JsonObject
                {
                    ["busy_processes"] = busy,
                    ["one_stream"] = Math.Round(Median(one), 1),
                    ["eight_streams"] = Math.Round(Median(eight), 1),
                    ["raw_one_stream_a_thread_a_core"] = Math.Round(Median(fixedThreads), 2),
                });
                summary.Append($"\n  {busy} busy: {Median(one):0.0} one stream, {Median(eight):0.0} eight at once, {Median(fixedThreads):0.0} raw with {Environment.ProcessorCount} threads");
            }

            JsonObject figures = new() { ["model"] = Path.GetFileName(model.Path), ["tokens"] = tokens, ["target_at_least_of_idle"] = Target, ["least_of_idle"] = Math.Round(least, 3), ["rows"] = rows };
            return new BenchmarkResult("busy", summary.ToString(), least >= Target, figures);
        }
    }

    private static async Task<double> StreamsAsync(IChatClient client, int count, int tokens)
    {
        long start = Stopwatch.GetTimestamp();
        ChatResponse[] responses = await Task.WhenAll(Enumerable.Range(0, count).Select(i =>
            client.GetResponseAsync($"Write a very long story about a dragon who counts to {i + 10}.", new ChatOptions { MaxOutputTokens = tokens }))).ConfigureAwait(false);
        return responses.Sum(r => (double)r.Usage!.OutputTokenCount!) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Raw(LlamaModel model, RawContext raw, int tokens)
    {
        IReadOnlyList<int> prompt = model.RenderPrompt([new ChatMessage(ChatRole.User, "Write a very long story about a dragon.")]).TokenIds;
        raw.Clear();
        long start = Stopwatch.GetTimestamp();
        int token = raw.Prefill(prompt, 0, sequence: 0);
        int generated = 1;
        while (generated < tokens && Stopwatch.GetElapsedTime(start) < LongestRaw)
        {
            int index = raw.Add(token, prompt.Count + generated - 1, 0, output: true);
            raw.Decode();
            token = raw.Greedy(index);
            generated++;
        }

        return generated / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
