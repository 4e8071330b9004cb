namespace HeteroAgent.Cli;

/// <summary>Something that is missing, and what to do about it.</summary>
/// <param name="Problem">What is missing.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="IsFatal">Whether no model can be run without it.</param>
internal sealed record Finding(string Problem, string Remedy, bool IsFatal);
