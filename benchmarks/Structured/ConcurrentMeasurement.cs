using System.Diagnostics;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>
/// Sixteen structured requests at once through the chat client, against one raw batch of sixteen sequences on the same prompts without a grammar.
/// Prompts are in both caches. Each raw sequence samples as many positions as the library sampled for the same case, so that both do the same number of steps' work.
/// </summary>
internal static class ConcurrentMeasurement
{
    internal const int Requests = 16;

    internal static async Task<ConcurrentResult?> RunAsync(string path, LlamaModel weights, StructuredOptions options, IReadOnlyList<Request> requests, IReadOnlyList<ResultRow> rows)
    {
        Request[] chosen = Choose(weights, requests, rows);
        if (chosen.Length == 0)
        {
            return null;
        }

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

            List<(double, double, int, int, int)> rounds = [];
            for (int round = 0; round < options.Rounds; round++)
            {
                (double engine, TokenCounts[] counts) = await EngineAsync(client, chosen).ConfigureAwait(false);
                double seconds = Raw(raw, chosen, counts);
                rounds.Add((engine, seconds, counts.Sum(c => c.Sampled), counts.Sum(c => c.Forced), counts.Sum(c => c.Drafted)));
            }

            return new ConcurrentResult(Path.GetFileName(path), [.. chosen.Select(r => r.Case.Id)], rounds);
        }
    }

    /// <summary>The shortest prompts whose answers are written and fit into the cache together; repeated under numbers where there are too few.</summary>
    private static Request[] Choose(LlamaModel weights, IReadOnlyList<Request> requests, IReadOnlyList<ResultRow> rows)
    {
        Request[] usable = [.. requests.Where((_, i) => rows[i].Result(EngineContender.Isolated)?.Last is { Tokens.Sampled: > 0 }).OrderBy(r => r.Prompt.Count)];
        if (usable.Length == 0)
        {
            return [];
        }

        Request[] all = [.. Enumerable.Range(0, Requests).Select(i => i < usable.Length ? usable[i] : Numbered(weights, usable[i % usable.Length], i))];
        return all.Sum(r => r.Prompt.Count + r.MaxTokens) <= ModelLoading.ContextLength ? all : [];
    }

    private static Request Numbered(LlamaModel weights, Request request, int number)
    {
        StructuredCase @case = request.Case with { Id = $"{request.Case.Id}-{number}", System = $"{number} is your number. {request.Case.System}" };
        return new Request(@case, weights.RenderPrompt(@case.Messages()).TokenIds, request.MaxTokens);
    }

    private static async Task<(double Seconds, TokenCounts[] Counts)> EngineAsync(IChatClient client, Request[] requests)
    {
        long start = Stopwatch.GetTimestamp();
        Answer[] answers = await Task.WhenAll(requests.Select(r => EngineContender.AskAsync(client, r))).ConfigureAwait(false);
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, [.. answers.Select(a => a.Tokens)]);
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
