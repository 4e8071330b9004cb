namespace HeteroAgent.LlamaCpp;

/// <summary>A value that nothing satisfies, such as that of the schema <c>false</c>. It is never offered.</summary>
internal sealed class NothingNode(string reason) : GrammarNode
{
    /// <summary>Why nothing satisfies it.</summary>
    public string Reason { get; } = reason;

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
    }

    public override int MinimumOwn(in Position at, GrammarContext context) => Lengths.Infinite;

    public override int ShortestValue(int budget, MinimumTable table) => Lengths.Infinite;
}
