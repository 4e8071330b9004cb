namespace HeteroAgent.LlamaCpp;

/// <summary>Where the value of a slot stands in a request.</summary>
/// <param name="Slot">The slot's name.</param>
/// <param name="Start">The offset of its first character, in UTF-16 units.</param>
/// <param name="Length">Its length in UTF-16 units, at least 1.</param>
public readonly record struct SlotSpan(string Slot, int Start, int Length)
{
    internal int End => Start + Length;
}
