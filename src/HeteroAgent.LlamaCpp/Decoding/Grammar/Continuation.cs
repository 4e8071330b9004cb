namespace HeteroAgent.LlamaCpp;

/// <summary>
/// What follows a node: one place, or several where the grammar is ambiguous, so that stacks with the same top share it (a
/// graph-structured stack: the number of tops stays bounded by the grammar). Immutable, compared by value.
/// </summary>
internal sealed class Continuation : IEquatable<Continuation>
{
    private readonly Position[] _positions;
    private readonly int _hash;

    /// <summary>Creates a continuation.</summary>
    /// <param name="positions">The places, without duplicates.</param>
    /// <param name="open">The containers that are open there.</param>
    /// <param name="context">The context that knows the shortest lengths.</param>
    public Continuation(Position[] positions, int open, GrammarContext context)
    {
        _positions = positions;
        Open = open;
        Minimum = Lengths.Infinite;
        var hash = new HashCode();
        foreach (ref readonly Position position in positions.AsSpan())
        {
            Minimum = Math.Min(Minimum, position.Minimum(context));
            CanEnd |= position.CanEnd;
            hash.Add(position.GetHashCode());
        }

        _hash = hash.ToHashCode();
    }

    private Continuation()
    {
        _positions = [new Position(EndNode.Instance, 0, 0, 0, this)];
        CanEnd = true;
        _hash = 1;
    }

    /// <summary>The end of the document.</summary>
    public static Continuation End { get; } = new();

    /// <summary>The places where the reading goes on.</summary>
    public ReadOnlySpan<Position> Positions => _positions;

    /// <summary>The containers that are open.</summary>
    public int Open { get; }

    /// <summary>The fewest bytes from here to the end of the document.</summary>
    public int Minimum { get; }

    /// <summary>Whether the document may end here.</summary>
    public bool CanEnd { get; }

    /// <summary>A single place inside a container, which opens that container.</summary>
    public static Continuation Inside(in Position container, GrammarContext context) =>
        new([container], container.Rest.Open + 1, context);

    /// <summary>Both, which must have the same number of open containers.</summary>
    public Continuation Union(Continuation other, GrammarContext context)
    {
        var all = new List<Position>(_positions);
        foreach (ref readonly Position position in other.Positions)
        {
            if (!all.Contains(position))
            {
                all.Add(position);
            }
        }

        return all.Count == _positions.Length ? this : new Continuation([.. all], Open, context);
    }

    public bool Equals(Continuation? other) => ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && Open == other.Open && this != End && other != End
            && _positions.AsSpan().SequenceEqual(other._positions));

    public override bool Equals(object? obj) => Equals(obj as Continuation);

    public override int GetHashCode() => _hash;
}
