namespace HeteroAgent.LlamaCpp;

/// <summary>What became of one example.</summary>
/// <param name="Example">The example.</param>
/// <param name="Answer">The answer as text or compact JSON; <see langword="null"/> where there is none.</param>
/// <param name="IsExact">Whether the whole answer is the expected one.</param>
/// <param name="IsToolRight">Whether the tools called are the expected ones; <see langword="null"/> where no call is expected.</param>
/// <param name="IsValid">Whether the answer has the form that was asked for.</param>
/// <param name="Confidence">The model's confidence, in [0, 1]; <see langword="null"/> where it gave none.</param>
/// <param name="Duration">The time from the request to the whole answer.</param>
/// <param name="Error">Why there is no answer, or <see langword="null"/>.</param>
public sealed record EvaluatedExample(TuningExample Example, string? Answer, bool IsExact, bool? IsToolRight, bool IsValid, double? Confidence, TimeSpan Duration, string? Error)
{
    internal IReadOnlyList<(string Name, bool Expected, bool Right)> Fields { get; init; } = [];
}
