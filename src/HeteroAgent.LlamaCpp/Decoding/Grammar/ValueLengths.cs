namespace HeteroAgent.LlamaCpp;

/// <summary>The shortest lengths of values at one depth.</summary>
/// <param name="table">The lengths.</param>
/// <param name="budget">The containers that a value may still open; negative for none.</param>
internal readonly struct ValueLengths(MinimumTable table, int budget)
{
    /// <summary>The bytes of a node's shortest value, or <see cref="Lengths.Infinite"/>.</summary>
    public int this[GrammarNode node] => table[node, budget];
}
