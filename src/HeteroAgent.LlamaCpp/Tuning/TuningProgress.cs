namespace HeteroAgent.LlamaCpp;

/// <summary>How far a training has come. Reported from the thread that trains, in the order of the steps.</summary>
/// <param name="Step">The steps done, from 0 to <paramref name="Steps"/>.</param>
/// <param name="Steps">The steps in all, as far as is known: an early stop does fewer.</param>
/// <param name="Loss">The loss of the latest step: the mean cross-entropy a target in natural logarithms; <see cref="double.NaN"/> while there is none yet.</param>
/// <param name="ValidationLoss">The latest loss on examples held out, or <see langword="null"/> where none was measured yet.</param>
/// <param name="ValidationMetric">The task's own metric on them, in [0, 1] and better the higher, or <see langword="null"/> where none was measured yet.</param>
/// <param name="TokensPerSecond">The tokens trained on a second since this process began; 0 where none was read.</param>
/// <param name="Elapsed">The time spent training, earlier processes included.</param>
/// <param name="Remaining">The time left at the present pace, or <see langword="null"/> while it cannot be told.</param>
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
