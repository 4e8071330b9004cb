namespace HeteroAgent.LlamaCpp;

/// <summary>One place in a grammar: the node that reads the next byte, how far it has come, and what follows once it is done. The top of one stack of the automaton.</summary>
internal readonly struct Position(GrammarNode node, int state, int count, int extra, Continuation rest) : IEquatable<Position>
{
    /// <summary>The node that reads the next byte.</summary>
    public readonly GrammarNode Node = node;

    /// <summary>The node's own state; 0 is its start.</summary>
    public readonly int State = state;

    /// <summary>The node's own counter.</summary>
    public readonly int Count = count;

    /// <summary>A second counter, for the nodes that need one.</summary>
    public readonly int Extra = extra;

    /// <summary>What follows.</summary>
    public readonly Continuation Rest = rest;

    /// <summary>A node that has read nothing yet.</summary>
    public static Position Start(GrammarNode node, Continuation rest) => new(node, 0, 0, 0, rest);

    /// <summary>The fewest bytes from here to the end of the document.</summary>
    public int Minimum(GrammarContext context) => Lengths.Add(Node.MinimumOwn(this, context), Rest.Minimum);

    /// <summary>Whether the document may end here.</summary>
    public bool CanEnd => Node.CanEnd(this) && Rest.CanEnd;

    /// <summary>Whether both read the next byte alike, whatever follows.</summary>
    public bool SameTop(in Position other) =>
        ReferenceEquals(Node, other.Node) && State == other.State && Count == other.Count && Extra == other.Extra;

    public bool Equals(Position other) => SameTop(other) && Rest.Equals(other.Rest);

    public override bool Equals(object? obj) => obj is Position other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(TopHash, Rest);

    /// <summary>A hash of what <see cref="SameTop"/> compares.</summary>
    public int TopHash => HashCode.Combine(Node.Id, State, Count, Extra);
}
