using System.Text;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>The first token behind a cached prefix of a thousand tokens, against decoding the suffix alone on a context that holds the prefix.</summary>
internal static class PrefixBenchmark
{
    private const int PrefixLength = 1000;
    private const double Target = 1.15;

    internal static async Task<BenchmarkResult> RunAsync(LlamaModel model, BenchmarkOptions options)
    {
        string system = SystemPrompt(model);
        using IChatClient client = model.AsIChatClient();
        using RawContext raw = new(model, model.BatchThreads);
        int shared = model.RenderPrompt(Messages(system, 0)).TokenIds.Zip(model.RenderPrompt(Messages(system, 1)).TokenIds).TakeWhile(p => p.First == p.Second).Count();
        raw.Prefill([.. model.RenderPrompt(Messages(system, 0)).TokenIds.Take(shared)], 0, sequence: 0);
        await EngineRequest.StreamAsync(client, Messages(system, 0), 1).ConfigureAwait(false);
        List<int> cached = [];
        int suffix = 0;
        Pairs pairs = await Pairs.MeasureAsync(
            options.Rounds ?? 15,
            async round =>
            {
                List<ChatMessage> messages = Messages(system, round + 1);
                Sample.Clock clock = Sample.Clock.Start();
                Sample sample = default;
                (_, int found) = await EngineRequest.StreamAsync(client, messages, 1, () => sample = clock.Stop(1)).ConfigureAwait(false);
                cached.Add(found);
                return sample;
            },
            round =>
            {
                IReadOnlyList<int> prompt = model.RenderPrompt(Messages(system, round + 1)).TokenIds;
                suffix = prompt.Count - shared;
                Sample.Clock clock = Sample.Clock.Start();
                raw.Prefill(prompt, shared, sequence: 0);
                Sample sample = clock.Stop(1);
                raw.Truncate(0, shared);
                return sample;
            }).ConfigureAwait(false);
        double ratio = pairs.MedianRatio(s => s.Seconds);
        JsonObject figures = new()
        {
            ["model"] = Path.GetFileName(model.Path),
            ["threads"] = model.BatchThreads,
            ["prefix_tokens"] = shared,
            ["cached_tokens_least"] = cached.Min(),
            ["suffix_tokens"] = suffix,
            ["engine_ms"] = Math.Round(pairs.MedianEngine(s => s.Seconds) * 1000, 3),
            ["raw_ms"] = Math.Round(pairs.MedianRaw(s => s.Seconds) * 1000, 3),
            ["ratio"] = Math.Round(ratio, 4),
            ["target_at_most"] = Target,
            ["cpu_time_ratio"] = Math.Round(pairs.MedianRatio(s => s.CpuSeconds), 4),
            ["rounds"] = pairs.ToJson(),
        };
        string summary = $"prefix: first token after {pairs.MedianEngine(s => s.Seconds) * 1000:0.00} ms against {pairs.MedianRaw(s => s.Seconds) * 1000:0.00} ms raw for {suffix} tokens behind {shared}, ratio {ratio:0.000} (target at most {Target}), processor time {pairs.MedianRatio(s => s.CpuSeconds):0.000}";
        return new BenchmarkResult("prefix", summary, ratio <= Target, figures);
    }

    private static List<ChatMessage> Messages(string system, int round) =>
        [new(ChatRole.System, system), new(ChatRole.User, $"{round} {round * 7} is the number of the ticket. Which rule applies when a parcel arrives late?")];

    /// <summary>Instructions of a bit more than a thousand tokens.</summary>
    private static string SystemPrompt(LlamaModel model)
    {
        StringBuilder text = new("You answer questions about parcels by these rules.");
        for (int rule = 1; model.Tokenize(text.ToString()).Count < PrefixLength; rule++)
        {
            text.Append($"\nRule {rule}: a parcel of {rule * 3} kilograms that arrives {rule} days late is refunded by {rule % 10 * 10} percent.");
        }

        return text.ToString();
    }
}
