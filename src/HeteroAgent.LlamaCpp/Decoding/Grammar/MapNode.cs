namespace HeteroAgent.LlamaCpp;

/// <summary>An object with any keys, whose values are all alike. A key may come twice, as JSON itself allows.</summary>
internal sealed class MapNode(StringNode key, GrammarNode value) : GrammarNode
{
    private const int CloseOnly = 1;
    private const int AfterValue = 2;
    private const int AfterKey = 3;

    /// <summary>The values.</summary>
    public GrammarNode Value { get; private set; } = value;

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
        switch (at.State)
        {
            case 0 when next == '{':
                output.Add(new Position(this, CloseOnly, 0, 0, at.Rest));
                AddKey(at, context, output);
                break;
            case CloseOnly or AfterValue when next == '}':
                Leave(at, output);
                break;
            case AfterValue when next == ',':
                AddKey(at, context, output);
                break;
            case AfterKey when next == ':':
                output.Add(Position.Start(Value, Continuation.Inside(new Position(this, AfterValue, 0, 0, at.Rest), context)));
                break;
        }
    }

    public override int MinimumOwn(in Position at, GrammarContext context) => at.State switch
    {
        0 => context.Shortest(this, at.Rest),
        AfterKey => Lengths.Add(2, context.ShortestInside(Value, at.Rest)),
        _ => 1,
    };

    public override int ShortestValue(int budget, MinimumTable table) => budget == 0 ? Lengths.Infinite : 2;

    public override void Resolve(Func<GrammarNode, GrammarNode> resolve) => Value = resolve(Value);

    private void AddKey(in Position at, GrammarContext context, PositionList output)
    {
        if (context.ShortestInside(Value, at.Rest) < Lengths.Infinite)
        {
            output.Add(Position.Start(key, Continuation.Inside(new Position(this, AfterKey, 0, 0, at.Rest), context)));
        }
    }
}
