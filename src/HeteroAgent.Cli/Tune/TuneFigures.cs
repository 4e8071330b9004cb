using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary>The figures of an evaluation that a summary shows.</summary>
internal static class TuneFigures
{
    internal static IReadOnlyList<TuneFigure> Of(TuningEvaluation evaluation)
    {
        List<TuneFigure> figures = [];
        if (evaluation.Tool is { } tool)
        {
            figures.Add(new("tool", tool.Value));
        }

        figures.Add(new("exact", evaluation.Exact.Value));
        figures.Add(new("valid", evaluation.Valid.Value));
        if (evaluation.CalibrationError is { } error)
        {
            figures.Add(new("calibration_error", error));
        }

        figures.Add(new("latency_ms_p50", evaluation.LatencyP50, IsShare: false));
        return figures;
    }
}
