namespace HeteroAgent.LlamaCpp;

/// <summary>Says which part of a training a report is about.</summary>
internal sealed class StageProgress(IProgress<TuningProgress> inner, string? stage) : IProgress<TuningProgress>
{
    public void Report(TuningProgress value) => inner.Report(stage is null ? value : value with { Stage = stage });
}
