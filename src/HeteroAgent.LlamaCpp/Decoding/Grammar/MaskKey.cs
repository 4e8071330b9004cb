namespace HeteroAgent.LlamaCpp;

/// <summary>A set of places, compared by value and in order.</summary>
internal sealed class MaskKey : IEquatable<MaskKey>
{
    private readonly Position[] _positions;
    private readonly int _hash;

    /// <summary>Creates the key of a set of places for tokens of at most so many bytes.</summary>
    public MaskKey(ReadOnlySpan<Position> positions, int maxTokenLength)
    {
        _positions = new Position[positions.Length];
        var hash = new HashCode();
        for (int i = 0; i < positions.Length; i++)
        {
            _positions[i] = positions[i].Node.Canonical(positions[i], maxTokenLength);
            hash.Add(_positions[i].GetHashCode());
        }

        _hash = hash.ToHashCode();
    }

    public bool Equals(MaskKey? other) => other is not null && _hash == other._hash && _positions.AsSpan().SequenceEqual(other._positions);

    public override bool Equals(object? obj) => Equals(obj as MaskKey);

    public override int GetHashCode() => _hash;
}
