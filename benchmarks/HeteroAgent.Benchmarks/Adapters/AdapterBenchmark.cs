using System.Diagnostics;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>Eight requests under two adapters against eight under one, against a raw loop that switches at every step, and what one switch costs.</summary>
internal static class AdapterBenchmark
{
    private const int Requests = 8;
    private const int Switches = 40;
    private const double Target = 1;

    internal static async Task<BenchmarkResult> RunAsync(LlamaModel model, BenchmarkOptions options)
    {
        int tokens = options.Tokens ?? 64;
        string folder = Directory.CreateTempSubdirectory("heteroagent-adapters-").FullName;
        try
        {
            LlamaAdapter[] adapters = new LlamaAdapter[2];
            List<double> loads = [];
            for (int i = 0; i < adapters.Length; i++)
            {
                string path = Path.Combine(folder, $"adapter{i}.gguf");
                RandomAdapter.Write(path, model, seed: i);
                long start = Stopwatch.GetTimestamp();
                adapters[i] = await model.LoadAdapterAsync(path).ConfigureAwait(false);
                loads.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            using RawContext raw = new(model, model.BatchThreads);
            int rounds = options.Rounds ?? 7;
            (double same, double changed) = MeasureSwitch(raw, adapters);
            Pairs none = await MeasureAsync(model, raw, [null, null], rounds, tokens).ConfigureAwait(false);
            Pairs one = await MeasureAsync(model, raw, [adapters[0], adapters[0]], rounds, tokens).ConfigureAwait(false);
            Pairs two = await MeasureAsync(model, raw, [adapters[0], adapters[1]], rounds, tokens).ConfigureAwait(false);
            double ratio = two.MedianRatio(s => s.Rate);
            double share = two.MedianEngine(s => s.Rate) / one.MedianEngine(s => s.Rate);
            JsonObject figures = new()
            {
                ["model"] = Path.GetFileName(model.Path),
                ["adapter_bytes"] = new FileInfo(adapters[0].Path).Length,
                ["load_ms"] = Math.Round(loads.Min(), 2),
                ["threads"] = model.BatchThreads,
                ["requests"] = Requests,
                ["tokens"] = tokens,
                ["switch_us"] = Math.Round((changed - same) * 1e6, 1),
                ["step_us_same_adapter"] = Math.Round(same * 1e6, 1),
                ["step_us_other_adapter"] = Math.Round(changed * 1e6, 1),
                ["no_adapter"] = Describe(none),
                ["one_adapter"] = Describe(one),
                ["two_adapters"] = Describe(two),
                ["two_against_one"] = Math.Round(share, 4),
                ["ratio"] = Math.Round(ratio, 4),
                ["target_at_least"] = Target,
            };
            string summary = $"adapters: a switch costs {(changed - same) * 1e6:0} us beside a step of {same * 1e6:0} us; {two.MedianEngine(s => s.Rate):0.0} tokens/s with two adapters, {one.MedianEngine(s => s.Rate):0.0} with one ({share:0.000}), {none.MedianEngine(s => s.Rate):0.0} with none; raw with two {two.MedianRaw(s => s.Rate):0.0}, ratio {ratio:0.000} (target at least {Target})";
            return new BenchmarkResult("adapters", summary, ratio >= Target, figures);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static JsonObject Describe(Pairs pairs) => new()
    {
        ["engine_tokens_per_second"] = Math.Round(pairs.MedianEngine(s => s.Rate), 2),
        ["raw_tokens_per_second"] = Math.Round(pairs.MedianRaw(s => s.Rate), 2),
        ["rounds"] = pairs.ToJson(),
    };

    /// <summary>The median seconds of a step of one token, with the adapter of the step before and with the other one.</summary>
    private static (double Same, double Changed) MeasureSwitch(RawContext raw, LlamaAdapter[] adapters)
    {
        List<double>[] times = [[], []];
        int position = 0;
        for (int i = 0; i < Switches; i++)
        {
            for (int change = 1; change >= 0; change--)
            {
                long start = Stopwatch.GetTimestamp();
                raw.Use(adapters[i % 2]);
                raw.Add(100 + i, position++, 0, output: true);
                raw.Decode();
                times[change].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        return (Median(times[0]), Median(times[1]));

        static double Median(List<double> list) => list.Order().ElementAt(list.Count / 2);
    }

    // The first half of the requests has the first adapter, the other half the second.
    private static async Task<Pairs> MeasureAsync(LlamaModel model, RawContext raw, LlamaAdapter?[] adapters, int rounds, int tokens)
    {
        IChatClient[] clients = [.. adapters.Select(a => new LlamaChatClient(model, a))];
        int offset = Array.IndexOf(adapters, null) + 1 + (adapters[0] == adapters[1] ? 1 : 0);
        Pairs pairs = await Pairs.MeasureAsync(
            rounds,
            async round =>
            {
                Sample.Clock clock = Sample.Clock.Start();
                (int Tokens, int Cached)[] answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(r => EngineRequest.StreamAsync(clients[r * 2 / Requests], Messages(offset + (10 * round), r), tokens))).ConfigureAwait(false);
                return clock.Stop(answers.Sum(a => a.Tokens));
            },
            round => Raw(model, raw, adapters, offset + (10 * round), tokens)).ConfigureAwait(false);
        Array.ForEach(clients, c => c.Dispose());
        return pairs;
    }

    // The prompts differ from their first words on, so that the engine gains nothing from a shared prefix.
    private static List<ChatMessage> Messages(int round, int request) =>
    [
        new(ChatRole.System, $"{(round * Requests) + request} is your number. You write long stories."),
        new(ChatRole.User, "Write a long story about a dragon and a knight."),
    ];

    /// <summary>All sequences of one adapter in one batch, then those of the other, and so on; with one adapter for all of them, all in one batch.</summary>
    private static Sample Raw(LlamaModel model, RawContext raw, LlamaAdapter?[] adapters, int round, int tokens)
    {
        Sample.Clock clock = Sample.Clock.Start();
        raw.Clear();
        int groups = adapters[0] == adapters[1] ? 1 : 2;
        List<(int Sequence, int Position, int Token)>[] running = [[], []];
        int generated = 0;
        for (int group = 0; group < groups; group++)
        {
            raw.Use(adapters[group]);
            List<(int Sequence, int Position, int Index)> waiting = [];
            for (int r = group * Requests / groups; r < (group + 1) * Requests / groups; r++)
            {
                IReadOnlyList<int> prompt = model.RenderPrompt(Messages(round, r)).TokenIds;
                int index = -1;
                for (int i = 0; i < prompt.Count; i++)
                {
                    index = raw.Add(prompt[i], i, r, output: i == prompt.Count - 1);
                }

                waiting.Add((r, prompt.Count, index));
            }

            generated += Step(raw, waiting, running[group]);
        }

        for (int step = 1; step < tokens; step++)
        {
            for (int group = 0; group < groups; group++)
            {
                running[group].RemoveAll(s => model.Vocabulary.IsEndOfGeneration(s.Token));
                if (running[group].Count > 0)
                {
                    raw.Use(adapters[group]);
                    generated += Step(raw, [.. running[group].Select(s => (s.Sequence, s.Position + 1, raw.Add(s.Token, s.Position, s.Sequence, output: true)))], running[group]);
                }
            }
        }

        return clock.Stop(generated);
    }

    private static int Step(RawContext raw, List<(int Sequence, int Position, int Index)> waiting, List<(int Sequence, int Position, int Token)> running)
    {
        raw.Decode();
        running.Clear();
        running.AddRange(waiting.Select(w => (w.Sequence, w.Position, raw.Greedy(w.Index))));
        return waiting.Count;
    }
}
