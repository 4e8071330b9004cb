namespace HeteroAgent.LlamaCpp;

/// <summary>A tool that an extractive model can call.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Slots">The names of the arguments whose values it can find in a request, each at most once a call.</param>
public sealed record ExtractiveTool(string Name, IReadOnlyList<string> Slots)
{
    /// <summary>Gets the arguments whose values are of a closed set and need not stand in a request; none of them is in <see cref="Slots"/>.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyList<ClosedSlot> ClosedSlots { get; init; } = [];

    /// <summary>The names of all arguments.</summary>
    internal IReadOnlyList<string> AllSlots => ClosedSlots.Count == 0 ? Slots : [.. Slots, .. ClosedSlots.Select(c => c.Slot)];
}
