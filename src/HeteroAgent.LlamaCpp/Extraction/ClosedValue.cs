namespace HeteroAgent.LlamaCpp;

/// <summary>One argument of an extracted call whose value is one of a closed set.</summary>
/// <param name="Slot">The argument's name.</param>
/// <param name="Value">The member of the set.</param>
/// <param name="Logprob">Its log-probability among the members and none at all, at most 0.</param>
public sealed record ClosedValue(string Slot, string Value, double Logprob);
