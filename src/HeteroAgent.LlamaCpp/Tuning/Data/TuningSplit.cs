namespace HeteroAgent.LlamaCpp;

/// <summary>A tuning set in two parts that share no key.</summary>
/// <param name="Training">The part to train on.</param>
/// <param name="Evaluation">The part held out.</param>
public sealed record TuningSplit(TuningSet Training, TuningSet Evaluation);
