using System.Text;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>The first token of the first request after a start: behind a prefix restored from the disk, against the same prompt decoded.</summary>
internal static class PrefixDiskBenchmark
{
    private const double Target = 0.2;
    private static readonly int[] Lengths = [128, 500, 1000];

    internal static async Task<BenchmarkResult> RunAsync(LlamaModel model, BenchmarkOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("heteroagent-prefixes-").FullName;
        try
        {
            JsonArray rows = [];
            StringBuilder summary = new("prefix-disk: the first token after a start");
            double worst = 0;
            foreach (int length in Lengths)
            {
                string system = SystemPrompt(model, length);
                int saved = await SaveAsync(model, folder, system).ConfigureAwait(false);
                long bytes = new DirectoryInfo(folder).EnumerateFiles().Max(f => f.Length);
                int cached = 0;
                Pairs pairs = await Pairs.MeasureAsync(
                    options.Rounds ?? 5,
                    async round => (await FirstTokenAsync(model, folder, system, round, found => cached = found).ConfigureAwait(false)),
                    round => FirstTokenAsync(model, null, system, round, _ => { }).GetAwaiter().GetResult()).ConfigureAwait(false);
                double ratio = pairs.MedianRatio(s => s.Seconds);
                worst = Math.Max(worst, ratio);
                rows.Add(new JsonObject
                {
                    ["prefix_tokens"] = saved,
                    ["cached_tokens"] = cached,
                    ["file_bytes"] = bytes,
                    ["restored_ms"] = Math.Round(pairs.MedianEngine(s => s.Seconds) * 1000, 2),
                    ["decoded_ms"] = Math.Round(pairs.MedianRaw(s => s.Seconds) * 1000, 2),
                    ["ratio"] = Math.Round(ratio, 4),
                    ["rounds"] = pairs.ToJson(),
                });
                summary.Append($"\n  {saved} tokens ({bytes / 1e6:0.0} MB): {pairs.MedianEngine(s => s.Seconds) * 1000:0.0} ms restored, {pairs.MedianRaw(s => s.Seconds) * 1000:0.0} ms decoded, ratio {ratio:0.000}");
            }

            JsonObject figures = new() { ["model"] = Path.GetFileName(model.Path), ["threads"] = model.BatchThreads, ["target_at_most"] = Target, ["prefixes"] = rows };
            return new BenchmarkResult("prefix-disk", summary.ToString(), worst <= Target, figures);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<LlamaModel> LoadAsync(LlamaModel like, string? folder) =>
        LlamaModel.LoadAsync(like.Path!, new LlamaModelOptions { Threads = like.Threads, BatchThreads = like.BatchThreads, PrefixCacheDirectory = folder });

    private static async Task<int> SaveAsync(LlamaModel like, string folder, string system)
    {
        LlamaModel model = await LoadAsync(like, folder).ConfigureAwait(false);
        await using (model.ConfigureAwait(false))
        {
            return await model.CachePromptPrefixAsync([new ChatMessage(ChatRole.System, system)]).ConfigureAwait(false);
        }
    }

    private static async Task<Sample> FirstTokenAsync(LlamaModel like, string? folder, string system, int round, Action<int> cached)
    {
        LlamaModel model = await LoadAsync(like, folder).ConfigureAwait(false);
        await using (model.ConfigureAwait(false))
        {
            using IChatClient client = model.AsIChatClient();

            // The context and the code are made by the first request of any kind.
            await EngineRequest.StreamAsync(client, [new ChatMessage(ChatRole.User, "Hi")], 1).ConfigureAwait(false);
            Sample.Clock clock = Sample.Clock.Start();
            Sample sample = default;
            (_, int found) = await EngineRequest.StreamAsync(client, [new(ChatRole.System, system), new(ChatRole.User, $"{round}: which rule applies?")], 1, () => sample = clock.Stop(1)).ConfigureAwait(false);
            cached(found);
            return sample;
        }
    }

    private static string SystemPrompt(LlamaModel model, int length)
    {
        StringBuilder text = new("You answer questions about parcels by these rules.");
        for (int rule = 1; model.Tokenize(text.ToString()).Count < length; rule++)
        {
            text.Append($"\nRule {rule}: a parcel of {rule * 3} kilograms that arrives {rule} days late is refunded by {rule % 10 * 10} percent.");
        }

        return text.ToString();
    }
}
