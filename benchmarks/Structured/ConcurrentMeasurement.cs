using System.Diagnostics;
using System.Text.Json;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>
/// Sixteen structured requests at once through the chat client, against one raw batch of sixteen sequences on the same prompts without a grammar.
/// The prompts are short enough for all to stay in both caches, so that what counts is writing. The library answers twice in a round: as it does by itself, and with every token sampled; each raw sequence samples as many positions as the library does then.
/// </summary>
internal static class ConcurrentMeasurement
{
    internal const int Requests = 16;

    // Below this the library would decode prompts again that the raw batch holds.
    private const double LeastCached = 0.9;

    private const int LeastRounds = 3;

    private static readonly LlamaSamplingOptions SampleAll = new() { ForcedTokens = false, DraftTokens = false };
    private static readonly JsonElement Schema = EmbeddedCases.Create()[0].Schema;
    private static readonly string[] Cities = ["Ghent", "Lyon", "Porto", "Turin", "Malmo", "Basel", "Cork", "Gdansk", "Leeds", "Varna", "Split", "Graz", "Tampere", "Bergen", "Aarhus", "Brno"];

    internal static async Task<ConcurrentResult?> RunAsync(string path, LlamaModel weights, StructuredOptions options)
    {
        Request[] chosen = [.. Cities.Select((city, i) => Weather(weights, city, i, options.MaxTokens))];
        LlamaModel model = await ModelLoading.LoadAsync(path, options.Threads).ConfigureAwait(false);
        await using (model.ConfigureAwait(false))
        {
            using IChatClient client = model.AsIChatClient();
            using RawContext raw = new(weights, options.Threads);
            await EngineAsync(client, chosen).ConfigureAwait(false);
            for (int i = 0; i < chosen.Length; i++)
            {
                raw.Decode(chosen[i].Prompt, 0, i);
            }

            List<ConcurrentRound> rounds = [];
            for (int round = 0; round < Math.Max(options.Rounds, LeastRounds); round++)
            {
                (double engine, Answer[] answers) = await EngineAsync(client, chosen).ConfigureAwait(false);
                (double sampled, Answer[] all) = await EngineAsync(client, chosen, SampleAll).ConfigureAwait(false);
                TokenCounts[] counts = [.. all.Select(a => a.Tokens)];
                double seconds = Raw(raw, chosen, counts);
                TokenCounts tokens = new(answers.Sum(a => a.Tokens.Sampled), answers.Sum(a => a.Tokens.Forced), answers.Sum(a => a.Tokens.Drafted));
                rounds.Add(new ConcurrentRound(engine, sampled, seconds, counts.Sum(c => c.Sampled), tokens, (double)answers.Sum(a => a.CachedTokens) / chosen.Sum(r => r.Prompt.Count - 1)));
            }

            if (rounds.Any(r => r.CachedShare < LeastCached))
            {
                Console.Error.WriteLine($"{Path.GetFileName(path)}: sixteen prompts do not stay in the cache together; nothing is reported for them.");
                return null;
            }

            return new ConcurrentResult(Path.GetFileName(path), chosen.Length, rounds);
        }
    }

    // The prompts differ from their first words on, so that none is another's prefix.
    private static Request Weather(LlamaModel weights, string city, int number, int maxTokens)
    {
        StructuredCase @case = new($"weather-{number}", StructuredCase.OwnSet, $"{number}: answer with the arguments of get_weather as JSON.", $"Will it rain in {city} in {number % 7} days? In degrees Celsius.", Schema);
        return new Request(@case, weights.RenderPrompt(@case.Messages()).TokenIds, maxTokens);
    }

    private static async Task<(double Seconds, Answer[] Answers)> EngineAsync(IChatClient client, Request[] requests, LlamaSamplingOptions? sampling = null)
    {
        long start = Stopwatch.GetTimestamp();
        Answer[] answers = await Task.WhenAll(requests.Select(r => EngineContender.AskAsync(client, r, sampling))).ConfigureAwait(false);
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, answers);
    }

    private static double Raw(RawContext raw, Request[] requests, TokenCounts[] counts)
    {
        long start = Stopwatch.GetTimestamp();
        int[] tokens = new int[requests.Length];
        int[] indices = new int[requests.Length];
        for (int step = 0; step < counts.Max(c => c.Sampled); step++)
        {
            for (int i = 0; i < requests.Length; i++)
            {
                int prompt = requests[i].Prompt.Count;
                if (step == 0)
                {
                    raw.Truncate(i, prompt - 1);
                }

                if (step < counts[i].Sampled)
                {
                    indices[i] = raw.Add(step == 0 ? requests[i].Prompt[prompt - 1] : tokens[i], prompt - 1 + step, i, output: true);
                }
            }

            raw.Decode();
            for (int i = 0; i < requests.Length; i++)
            {
                tokens[i] = step < counts[i].Sampled ? raw.Greedy(indices[i]) : 0;
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
