namespace HeteroAgent.LlamaCpp;

/// <summary>How far training has come.</summary>
/// <param name="Step">The steps done.</param>
/// <param name="Steps">The steps there will be.</param>
/// <param name="Loss">The mean cross-entropy a target of the newest step, in nats.</param>
/// <param name="ValidationLoss">The same on the validation examples when last measured, or null.</param>
/// <param name="ValidationMetric">The task's own metric in [0, 1] when last measured, or null.</param>
/// <param name="TokensPerSecond">Tokens trained on a second, since this process began.</param>
/// <param name="Elapsed">The time spent training, earlier processes included.</param>
/// <param name="Remaining">The time left at this speed, or null while it is not known.</param>
public sealed record TuningProgress(
    int Step,
    int Steps,
    double Loss,
    double? ValidationLoss,
    double? ValidationMetric,
    double TokensPerSecond,
    TimeSpan Elapsed,
    TimeSpan? Remaining)
{
    /// <summary>Gets what is being trained where a training has several parts, such as <c>teacher</c> or <c>model 2 of 3</c>; <see langword="null"/> where it has one.</summary>
    public string? Stage { get; init; }
}
