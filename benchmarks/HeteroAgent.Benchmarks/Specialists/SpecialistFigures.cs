using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>The measures of a specialist as JSON and as a line.</summary>
internal static class SpecialistFigures
{
    internal static JsonObject Of(TuningEvaluation evaluation) => new()
    {
        ["examples"] = evaluation.Examples.Count,
        ["tool"] = evaluation.Tool is { } tool ? Share(tool) : null,
        ["exact"] = Share(evaluation.Exact),
        ["valid"] = Share(evaluation.Valid),
        ["ece"] = evaluation.CalibrationError is { } error ? Math.Round(error, 4) : null,
        ["latency_ms_p50"] = Math.Round(evaluation.LatencyP50, 2),
        ["latency_ms_p95"] = Math.Round(evaluation.LatencyP95, 2),
        ["errors"] = evaluation.Errors.Count(),
    };

    internal static JsonObject Of(TuningResult result, IEnumerable<double> tokensPerSecond) => new()
    {
        ["examples"] = result.Examples,
        ["steps"] = result.Steps,
        ["minutes"] = Math.Round(result.Elapsed.TotalMinutes, 2),
        ["tokens_per_second"] = Math.Round(tokensPerSecond.LastOrDefault(), 1),
        ["loss_at_the_end"] = Math.Round(result.Losses.TakeLast(20).Average(), 4),
        ["file_bytes"] = result.Files.Sum(f => new FileInfo(f).Length),
        ["peak_memory_mb"] = Math.Round(System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 / 1e6),
    };

    internal static string Line(TuningEvaluation evaluation) =>
        $"{(evaluation.Tool is { } tool ? $"tool {tool.Value * 100:0.0} %, " : string.Empty)}exact {evaluation.Exact.Value * 100:0.0} % [{evaluation.Exact.Low * 100:0.0}, {evaluation.Exact.High * 100:0.0}], valid {evaluation.Valid.Value * 100:0.0} %, p50 {evaluation.LatencyP50:0.0} ms";

    private static JsonObject Share(Proportion share) => new()
    {
        ["value"] = Math.Round(share.Value, 4),
        ["low"] = Math.Round(share.Low, 4),
        ["high"] = Math.Round(share.High, 4),
    };
}
