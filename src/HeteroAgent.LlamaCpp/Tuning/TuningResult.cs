namespace HeteroAgent.LlamaCpp;

/// <summary>What came of a training. Immutable.</summary>
/// <param name="Files">The files that were written, at least one.</param>
/// <param name="Steps">The steps of the last network.</param>
/// <param name="Examples">The examples that were trained on.</param>
/// <param name="Losses">The loss of each of its steps: the mean cross-entropy a target in nats.</param>
/// <param name="ValidationLoss">The same on the validation examples at the end, or null.</param>
/// <param name="ValidationMetric">The task's own metric on them at the end, in [0, 1], or null.</param>
/// <param name="Elapsed">The time spent training, earlier processes included.</param>
public sealed record TuningResult(
    IReadOnlyList<string> Files,
    int Steps,
    int Examples,
    IReadOnlyList<float> Losses,
    double? ValidationLoss,
    double? ValidationMetric,
    TimeSpan Elapsed);
