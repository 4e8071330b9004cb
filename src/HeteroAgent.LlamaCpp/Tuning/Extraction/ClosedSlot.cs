namespace HeteroAgent.LlamaCpp;

/// <summary>A slot whose value is one of a closed set and need not stand in the request: a class of the whole request, read where the tool is read.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="Slot">The slot's name.</param>
/// <param name="Members">The values, at most 64, in ordinal order.</param>
public sealed record ClosedSlot(string Tool, string Slot, IReadOnlyList<string> Members);
