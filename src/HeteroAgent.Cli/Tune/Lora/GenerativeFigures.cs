using System.Diagnostics;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary>The figures of a training whose model writes answers.</summary>
internal static class GenerativeFigures
{
    internal static IReadOnlyList<TuneFigure> Of(TuningResult result)
    {
        List<TuneFigure> figures =
        [
            new("steps", result.Steps, IsShare: false),
            new("loss_at_first", result.Losses.Take(5).DefaultIfEmpty(float.NaN).Average(), IsShare: false),
            new("loss", result.Losses.TakeLast(20).DefaultIfEmpty(float.NaN).Average(), IsShare: false),
        ];
        if (result.ValidationLoss is { } loss)
        {
            figures.Add(new("validation_loss", loss, IsShare: false));
        }

        figures.Add(new("minutes", result.Elapsed.TotalMinutes, IsShare: false));
        using Process process = Process.GetCurrentProcess();
        figures.Add(new("peak_memory_mb", process.PeakWorkingSet64 / 1e6, IsShare: false));
        return figures;
    }
}
