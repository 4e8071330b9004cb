namespace HeteroAgent.LlamaCpp;

/// <summary>
/// One rule of a compiled grammar: reads bytes from a <see cref="Position"/> and says where the reading may go on. A node
/// never offers a place from which the document cannot be finished. Immutable once its grammar is compiled.
/// </summary>
internal abstract class GrammarNode
{
    /// <summary>The node's number in its grammar.</summary>
    public int Id { get; set; }

    /// <summary>Where the node comes from in the schema, as a JSON Pointer in URI fragment form.</summary>
    public string Pointer { get; init; } = "#";

    /// <summary>Whether the node is made while a document is written, and for that document alone: masks at its places are not kept.</summary>
    public virtual bool IsTransient => false;

    /// <summary>Adds every place that may follow <paramref name="at"/> after one more byte.</summary>
    public abstract void Step(in Position at, byte next, GrammarContext context, PositionList output);

    /// <summary>The fewest bytes until this node itself is done.</summary>
    public abstract int MinimumOwn(in Position at, GrammarContext context);

    /// <summary>The bytes of the shortest value from the node's start when <paramref name="budget"/> more containers may be opened.</summary>
    public abstract int ShortestValue(int budget, MinimumTable table);

    /// <summary>Whether the node may be done without another byte.</summary>
    public virtual bool CanEnd(in Position at) => false;

    /// <summary>Whether any plain text may stand at a place without changing it.</summary>
    public virtual bool IsPlainLoop(in Position at) => false;

    /// <summary>A place with the same allowed tokens of at most <paramref name="maxTokenLength"/> bytes, one for many; for caching masks.</summary>
    public virtual Position Canonical(in Position at, int maxTokenLength) => at;

    /// <summary>The nodes that this one refers to, so that they can be resolved once the grammar is compiled.</summary>
    public virtual void Resolve(Func<GrammarNode, GrammarNode> resolve)
    {
    }

    /// <summary>Leaves the node: goes on with whatever follows, without reading a byte.</summary>
    protected static void Leave(in Position at, PositionList output)
    {
        foreach (ref readonly Position position in at.Rest.Positions)
        {
            output.Add(position);
        }
    }
}
