namespace HeteroAgent.LlamaCpp;

/// <summary>The end of the document: nothing may follow.</summary>
internal sealed class EndNode : GrammarNode
{
    private EndNode() => Id = -1;

    /// <summary>The one instance.</summary>
    public static EndNode Instance { get; } = new();

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
    }

    public override int MinimumOwn(in Position at, GrammarContext context) => 0;

    public override int ShortestValue(int budget, MinimumTable table) => 0;

    public override bool CanEnd(in Position at) => true;
}
