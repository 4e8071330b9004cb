namespace HeteroAgent.LlamaCpp;

/// <summary>A growing list of places, used as a stack of sets while the tokens are walked. Not thread-safe.</summary>
internal sealed class PositionList
{
    // From so many places on, equal tops are found by hash.
    private const int ManyPlaces = 12;

    private Position[] _items = new Position[64];

    /// <summary>The number of places.</summary>
    public int Count { get; private set; }

    /// <summary>A place.</summary>
    public ref readonly Position this[int index] => ref _items[index];

    /// <summary>Adds a place.</summary>
    public void Add(in Position position)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count++] = position;
    }

    /// <summary>Takes away everything from an index on.</summary>
    public void Truncate(int count) => Count = count;

    /// <summary>A copy of the places from an index on.</summary>
    public Position[] ToArray(int start) => _items.AsSpan(start, Count - start).ToArray();

    /// <summary>Steps the places between two indices and appends the set that follows.</summary>
    /// <returns>Whether anything follows.</returns>
    public bool Step(int start, int end, byte next, GrammarContext context)
    {
        int first = Count;
        for (int i = start; i < end; i++)
        {
            // A copy, since the array may be replaced while the place is read.
            Position at = _items[i];
            at.Node.Step(at, next, context, this);
        }

        if (Count - first > 1)
        {
            Merge(first, context);
        }

        return Count > first;
    }

    // Drops duplicates, and lets places with the same top share what follows.
    private void Merge(int first, GrammarContext context)
    {
        Dictionary<int, List<int>>? byHash = Count - first > ManyPlaces ? [] : null;
        int kept = first;
        for (int i = first; i < Count; i++)
        {
            Position candidate = _items[i];
            if (byHash is null)
            {
                int index = first;
                while (index < kept && !TryJoin(index, candidate, context))
                {
                    index++;
                }

                if (index < kept)
                {
                    continue;
                }
            }
            else
            {
                int hash = candidate.TopHash;
                if (!byHash.TryGetValue(hash, out List<int>? same))
                {
                    byHash[hash] = same = [];
                }

                if (same.Exists(index => TryJoin(index, candidate, context)))
                {
                    continue;
                }

                same.Add(kept);
            }

            _items[kept++] = candidate;
        }

        Count = kept;
    }

    private bool TryJoin(int index, in Position candidate, GrammarContext context)
    {
        Position existing = _items[index];
        if (!existing.SameTop(candidate) || existing.Rest.Open != candidate.Rest.Open)
        {
            return false;
        }

        if (existing.Rest.Equals(candidate.Rest))
        {
            return true;
        }

        if (existing.Node == EndNode.Instance)
        {
            return false;
        }

        Continuation union = existing.Rest.Union(candidate.Rest, context);
        _items[index] = new Position(existing.Node, existing.State, existing.Count, existing.Extra, union);
        return true;
    }
}
