namespace HeteroAgent;

/// <summary>One model's answer in a <see cref="ReplayLog"/>.</summary>
/// <param name="Answer">The text; <see langword="null"/> where the log does not hold it.</param>
/// <param name="IsCorrect">Whether it was correct.</param>
/// <param name="Cost">What the call cost, in any one currency, at least 0; <see langword="null"/> where the log does not say.</param>
public sealed record ReplayAnswer(string? Answer, bool IsCorrect, double? Cost = null)
{
    /// <summary>Gets what else is known about the answer, such as <c>mean_logprob</c>: the names of <see cref="CallSignals"/> or own ones, finite values.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyDictionary<string, double> Signals { get; init; } = new Dictionary<string, double>();
}
