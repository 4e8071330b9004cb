using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Starter;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>The starter's calls through the chat client one at a time, and in batches of eight, against a raw loop that only labels the tokenised requests.</summary>
internal static class ExtractionBenchmark
{
    private const int Requests = 240;
    private const int Batch = 8;
    private const int ContextTokens = 1024;
    private const double MostMilliseconds = 3;
    private const double LeastPerSecond = 1200;

    internal static async Task<BenchmarkResult> RunAsync(BenchmarkOptions options)
    {
        using JsonDocument golden = JsonDocument.Parse(await File.ReadAllBytesAsync(ModelFile.FindShared("models", "starter", "golden.json")).ConfigureAwait(false));

        // Every third request: all tools, all lengths.
        string[] requests = [.. golden.RootElement.EnumerateArray().Where((_, i) => i % 3 == 0).Take(Requests - (Requests % Batch)).Select(e => e.GetProperty("request").GetString()!)];
        requests = requests[..(requests.Length / Batch * Batch)];
        int rounds = options.Rounds ?? 7;
        using LlamaModel weights = await LlamaModel.LoadAsync(StarterModel.Paths[0], new LlamaModelOptions { GpuLayers = 0 }).ConfigureAwait(false);
        using ExtractiveModel single = ExtractiveModel.FromModels([weights], new ExtractiveModelOptions { Threads = options.Threads ?? 1 });
        using ExtractiveModel batched = ExtractiveModel.FromModels([weights]);
        using IChatClient client = single.AsIChatClient();
        EncodedRequest[] encoded = [.. requests.Select(r => single.Encode(r, 0))];
        using RawExtraction raw = new(weights, ContextTokens);
        RawExtraction[] workers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new RawExtraction(weights, ContextTokens))];
        Pairs one = await Pairs.MeasureAsync(rounds, _ => EngineOneAsync(client, requests), _ => RawOne(raw, encoded)).ConfigureAwait(false);
        Pairs eight = await Pairs.MeasureAsync(rounds, _ => EngineBatchAsync(batched, requests), _ => RawBatch(workers, encoded)).ConfigureAwait(false);
        Array.ForEach(workers, w => w.Dispose());
        double milliseconds = one.MedianEngine(s => s.Seconds) * 1000;
        double perSecond = eight.MedianEngine(s => s.Rate);
        JsonObject figures = new()
        {
            ["requests"] = requests.Length,
            ["one_engine_median_ms"] = Math.Round(milliseconds, 3),
            ["one_raw_median_ms"] = Math.Round(one.MedianRaw(s => s.Seconds) * 1000, 3),
            ["one_ratio"] = Math.Round(one.MedianRatio(s => s.Seconds), 4),
            ["one_target_at_most_ms"] = MostMilliseconds,
            ["batch"] = Batch,
            ["batch_engine_per_second"] = Math.Round(perSecond, 1),
            ["batch_raw_per_second"] = Math.Round(eight.MedianRaw(s => s.Rate), 1),
            ["batch_ratio"] = Math.Round(eight.MedianRatio(s => s.Rate), 4),
            ["batch_target_at_least_per_second"] = LeastPerSecond,
            ["rounds_one"] = one.ToJson(),
            ["rounds_batch"] = eight.ToJson(),
        };
        string summary = $"extraction: one at a time {milliseconds:0.00} ms against {one.MedianRaw(s => s.Seconds) * 1000:0.00} raw, ratio {one.MedianRatio(s => s.Seconds):0.000} (aim at most {MostMilliseconds} ms); batches of {Batch}: {perSecond:0} a second against {eight.MedianRaw(s => s.Rate):0} raw, ratio {eight.MedianRatio(s => s.Rate):0.000} (aim at least {LeastPerSecond})";
        return new BenchmarkResult("extraction", summary, milliseconds <= MostMilliseconds && perSecond >= LeastPerSecond, figures);
    }

    /// <summary>The median time of one call.</summary>
    private static async Task<Sample> EngineOneAsync(IChatClient client, string[] requests)
    {
        List<double> seconds = [];
        Sample.Clock clock = Sample.Clock.Start();
        foreach (string request in requests)
        {
            long start = Stopwatch.GetTimestamp();
            await client.GetResponseAsync(request).ConfigureAwait(false);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Median(seconds, clock);
    }

    private static Sample RawOne(RawExtraction raw, EncodedRequest[] requests)
    {
        List<double> seconds = [];
        Sample.Clock clock = Sample.Clock.Start();
        for (int i = 0; i < requests.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            raw.Label(requests.AsSpan(i, 1));
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Median(seconds, clock);
    }

    private static Sample Median(List<double> seconds, Sample.Clock clock) =>
        new(1, seconds.Order().ElementAt(seconds.Count / 2), clock.Stop(1).CpuSeconds / seconds.Count);

    /// <summary>As many callers as cores, each with eight requests at a time.</summary>
    private static async Task<Sample> EngineBatchAsync(ExtractiveModel model, string[] requests)
    {
        Sample.Clock clock = Sample.Clock.Start();
        await Parallel.ForEachAsync(
            requests.Chunk(Batch),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            async (chunk, cancellationToken) => await model.ExtractAsync(chunk, null, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return clock.Stop(requests.Length);
    }

    private static Sample RawBatch(RawExtraction[] workers, EncodedRequest[] requests)
    {
        EncodedRequest[][] batches = [.. requests.Chunk(Batch)];
        int next = -1;
        Sample.Clock clock = Sample.Clock.Start();
        Thread[] threads = [.. workers.Select(worker => new Thread(() =>
        {
            for (int i = Interlocked.Increment(ref next); i < batches.Length; i = Interlocked.Increment(ref next))
            {
                worker.Label(batches[i]);
            }
        }))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        return clock.Stop(requests.Length);
    }
}
