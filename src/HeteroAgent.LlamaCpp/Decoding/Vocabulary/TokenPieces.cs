namespace HeteroAgent.LlamaCpp;

/// <summary>The bytes of every token, in one block of memory. Immutable.</summary>
internal sealed class TokenPieces
{
    private readonly byte[] _bytes;
    private readonly int[] _offsets;

    /// <summary>Copies the pieces.</summary>
    /// <param name="pieces">The bytes by token id; null or empty for a token that stands for no text.</param>
    public TokenPieces(IReadOnlyList<byte[]?> pieces)
    {
        _offsets = new int[pieces.Count + 1];
        for (int i = 0; i < pieces.Count; i++)
        {
            _offsets[i + 1] = checked(_offsets[i] + (pieces[i]?.Length ?? 0));
        }

        _bytes = new byte[_offsets[^1]];
        for (int i = 0; i < pieces.Count; i++)
        {
            pieces[i]?.CopyTo(_bytes, _offsets[i]);
        }
    }

    /// <summary>The number of tokens.</summary>
    public int Count => _offsets.Length - 1;

    /// <summary>The bytes of a token.</summary>
    public ReadOnlySpan<byte> this[int token] => _bytes.AsSpan(_offsets[token], _offsets[token + 1] - _offsets[token]);

    /// <summary>The tokens with bytes, ordered by their bytes and then by id.</summary>
    public int[] Sorted()
    {
        var tokens = new List<int>(Count);
        var keys = new List<ulong>(Count);
        for (int i = 0; i < Count; i++)
        {
            if (_offsets[i + 1] > _offsets[i])
            {
                tokens.Add(i);
                keys.Add(Leading(this[i]));
            }
        }

        int[] order = [.. tokens];
        ulong[] leading = [.. keys];
        Array.Sort(leading, order);
        for (int start = 0; start < order.Length;)
        {
            int end = start + 1;
            while (end < order.Length && leading[end] == leading[start])
            {
                end++;
            }

            if (end - start > 1)
            {
                order.AsSpan(start, end - start).Sort(Compare);
            }

            start = end;
        }

        return order;
    }

    private int Compare(int x, int y)
    {
        int order = this[x].SequenceCompareTo(this[y]);
        return order != 0 ? order : x.CompareTo(y);
    }

    // The first eight bytes, most significant first: most comparisons end here.
    private static ulong Leading(ReadOnlySpan<byte> piece)
    {
        ulong key = 0;
        for (int i = 0; i < 8; i++)
        {
            key = (key << 8) | (i < piece.Length ? piece[i] : (byte)0);
        }

        return key;
    }
}
