namespace HeteroAgent.LlamaCpp;

/// <summary>A value that a finite automaton reads: an enumeration, a constant, a number, a string with a pattern; or a key. The count of a place is the number of bytes so far where they are bounded.</summary>
internal sealed class AutomatonNode(ByteAutomaton automaton, IReadOnlyList<byte[]>? literals, int maxBytes = int.MaxValue) : GrammarNode
{
    /// <summary>The values in the schema's order where they are listed; null for a number or a pattern.</summary>
    public IReadOnlyList<byte[]>? Literals { get; } = literals;

    /// <summary>The fewest bytes.</summary>
    public int Shortest => automaton.Minimum(0);

    /// <summary>The automaton.</summary>
    public ByteAutomaton Automaton => automaton;

    /// <summary>Whether the number of bytes is bounded.</summary>
    public bool IsBounded => maxBytes != int.MaxValue;

    /// <summary>A node for a list of values.</summary>
    public static AutomatonNode OfLiterals(IReadOnlyList<byte[]> literals, string pointer)
    {
        var builder = new ByteAutomatonBuilder();
        foreach (byte[] literal in literals)
        {
            builder.AddLiteral(literal);
        }

        return new AutomatonNode(builder.Build(), literals) { Pointer = pointer };
    }

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
        // A number may end before a byte that belongs to what follows.
        if (at.State != 0 && automaton.Accepts(at.State))
        {
            foreach (ref readonly Position position in at.Rest.Positions)
            {
                position.Node.Step(position, next, context, output);
            }
        }

        int target = automaton.Next(at.State, next);
        if (target < 0 || (IsBounded && at.Count + 1 + automaton.Minimum(target) > maxBytes))
        {
            return;
        }

        if (automaton.IsFinal(target))
        {
            Leave(at, output);
        }
        else
        {
            output.Add(new Position(this, target, IsBounded ? at.Count + 1 : 0, 0, at.Rest));
        }
    }

    public override int MinimumOwn(in Position at, GrammarContext context) => automaton.Minimum(at.State);

    public override int ShortestValue(int budget, MinimumTable table) => automaton.Minimum(0) <= maxBytes ? automaton.Minimum(0) : Lengths.Infinite;

    // Far from the bound the count says nothing about the next token.
    public override Position Canonical(in Position at, int maxTokenLength) =>
        IsBounded && at.Count + maxTokenLength + automaton.LongestMinimum <= maxBytes ? new Position(this, at.State, 0, 0, at.Rest) : at;

    public override bool IsPlainLoop(in Position at) => !IsBounded && automaton.IsPlainLoop(at.State);

    public override bool CanEnd(in Position at) => automaton.Accepts(at.State);
}
