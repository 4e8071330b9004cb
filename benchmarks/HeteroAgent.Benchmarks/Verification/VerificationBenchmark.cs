using System.Text.Json;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Onnx;
using HeteroAgent.Starter;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>The time of the process verifier on each trace of ProcessBench, against a small language model that judges the same traces in the same process.</summary>
internal static class VerificationBenchmark
{
    private const double MostMilliseconds = 5;
    private const int Judged = 8;

    internal static async Task<BenchmarkResult> RunAsync(LlamaModel model, BenchmarkOptions options)
    {
        ReasoningTrace[] traces = [.. Read("gsm8k.json"), .. Read("math.json")];
        using ProcessVerifier verifier = StarterVerifier.Load();
        double[] verified = await TimesAsync(traces, trace => verifier.VerifyAsync(trace).AsTask()).ConfigureAwait(false);
        using IChatClient judge = model.AsIChatClient();
        ChatOptions one = new() { MaxOutputTokens = 1, Temperature = 0 };

        // Every so many traces: all lengths, both sets.
        ReasoningTrace[] few = [.. traces.Where((_, i) => i % (traces.Length / Judged) == 0)];
        double[] judged = await TimesAsync(few, trace => judge.GetResponseAsync(Prompt(trace), one)).ConfigureAwait(false);
        double p95 = Quantile(verified, 0.95);
        double ratio = Quantile(judged, 0.5) / Quantile(verified, 0.5);
        JsonObject figures = new()
        {
            ["traces"] = traces.Length,
            ["verifier_median_ms"] = Rounded(Quantile(verified, 0.5)),
            ["verifier_p95_ms"] = Rounded(p95),
            ["verifier_most_ms"] = Rounded(verified.Max()),
            ["target_p95_at_most_ms"] = MostMilliseconds,
            ["judged_traces"] = few.Length,
            ["judge_median_ms"] = Rounded(Quantile(judged, 0.5)),
            ["judge_p95_ms"] = Rounded(Quantile(judged, 0.95)),
            ["median_ratio"] = Rounded(ratio),
        };
        string summary = $"verification: {traces.Length} traces, median {Quantile(verified, 0.5):0.00} ms, p95 {p95:0.00} ms (aim at most {MostMilliseconds}), most {verified.Max():0.0} ms; the model's yes or no on one trace in {traces.Length / Judged}: median {Quantile(judged, 0.5):0} ms, {ratio:0} times as long";
        return new BenchmarkResult("verification", summary, p95 <= MostMilliseconds, figures);
    }

    private static async Task<double[]> TimesAsync(ReasoningTrace[] traces, Func<ReasoningTrace, Task> score)
    {
        // The first traces warm caches and code, and are measured again.
        foreach (ReasoningTrace trace in traces.Take(Math.Min(traces.Length / 4, 200)))
        {
            await score(trace).ConfigureAwait(false);
        }

        double[] milliseconds = new double[traces.Length];
        for (int i = 0; i < traces.Length; i++)
        {
            Sample.Clock clock = Sample.Clock.Start();
            await score(traces[i]).ConfigureAwait(false);
            milliseconds[i] = clock.Stop(1).Seconds * 1000;
        }

        return milliseconds;
    }

    private static string Prompt(ReasoningTrace trace) =>
        $"Question: {trace.Question}\n\nSolution:\n{string.Join('\n', trace.Steps)}\n\nIs every step of the solution right? Answer yes or no.";

    private static IEnumerable<ReasoningTrace> Read(string file)
    {
        using JsonDocument rows = JsonDocument.Parse(File.ReadAllBytes(ModelFile.FindShared("data", "processbench", file)));
        return [.. rows.RootElement.EnumerateArray().Select(static row => new ReasoningTrace(row.GetProperty("problem").GetString()!, [.. row.GetProperty("steps").EnumerateArray().Select(static s => s.GetString()!)]))];
    }

    private static double Quantile(double[] values, double share) => values.Order().ElementAt((int)((values.Length - 1) * share));

    private static double Rounded(double value) => Math.Round(value, 3);
}
