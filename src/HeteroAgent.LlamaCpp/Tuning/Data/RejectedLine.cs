namespace HeteroAgent.LlamaCpp;

/// <summary>A line of a tuning set that is not used.</summary>
/// <param name="Number">The line's number in its file, from 1; 0 where the example came from no file.</param>
/// <param name="Reason">Why, with what would be accepted.</param>
public sealed record RejectedLine(int Number, string Reason);
