namespace HeteroAgent.LlamaCpp;

/// <summary>
/// Which nodes of a <see cref="ChoiceTree"/> lie in the KV cache, and in which sequences. A token attends to the cells of its
/// own sequence, so that siblings need different ones; a path needs one, however long, and a node stands in the sequences of
/// all paths through it. Used by one thread.
/// </summary>
internal sealed class ChoiceSequences
{
    private readonly ChoiceTree _tree;
    private readonly int _prompt;
    private readonly int _first;
    private readonly int _count;
    private readonly int[] _sequenceOf;
    private readonly int[] _tails;
    private int _used;

    /// <summary>Creates it for a prompt in one sequence, with so many others to use.</summary>
    internal ChoiceSequences(ChoiceTree tree, int prompt, int first, int count)
    {
        _tree = tree;
        _prompt = prompt;
        _first = first;
        _count = count;
        _sequenceOf = new int[tree.Count];
        _tails = new int[count];
        Clear();
    }

    /// <summary>The nodes in the cache, each of which takes a cell.</summary>
    internal int Cells { get; private set; }

    /// <summary>The sequences in use.</summary>
    internal IEnumerable<int> Used => Enumerable.Range(_first, _used);

    /// <summary>Forgets all nodes, once their sequences are removed.</summary>
    internal void Clear()
    {
        Array.Fill(_sequenceOf, -1);
        _sequenceOf[0] = _prompt;
        _used = 0;
        Cells = 0;
    }

    /// <summary>Whether all of some nodes, with what stands above them, fit without forgetting anything.</summary>
    internal bool HasRoom(IReadOnlyList<int> wanted, int cells) => Take(wanted, cells).Fit;

    /// <summary>Places nodes, and those above them that are not in the cache, as far as cells and sequences go.</summary>
    /// <returns>The nodes to decode, parents first.</returns>
    internal List<Placed> Place(IReadOnlyList<int> wanted, int cells)
    {
        List<int> taken = Take(wanted, cells).Taken;
        Dictionary<int, Placed> placed = [];
        foreach (int n in taken)
        {
            placed.Add(n, new Placed(n));
        }

        HashSet<int> inner = [.. taken.Select(n => _tree[n].Parent)];
        foreach (int leaf in taken.Where(n => !inner.Contains(n)))
        {
            int top = leaf;
            while (placed.ContainsKey(_tree[top].Parent))
            {
                top = _tree[top].Parent;
            }

            int above = _tree[top].Parent;
            int sequence = Continue(above, leaf);
            if (sequence < 0)
            {
                sequence = _first + _used;
                _tails[_used++] = leaf;
                placed[top].Copies.Add(new Copy(_sequenceOf[above], sequence, _tree[above].Depth));
            }

            for (int n = leaf; n != above; n = _tree[n].Parent)
            {
                placed[n].Sequences.Add(sequence);
            }
        }

        foreach (int n in taken)
        {
            _sequenceOf[n] = placed[n].Sequences[0];
        }

        Cells += taken.Count;
        return taken.ConvertAll(n => placed[n]);
    }

    // The sequence that ends at a node, and now goes on.
    private int Continue(int above, int leaf)
    {
        int index = _sequenceOf[above] - _first;
        if (above == 0 || _tails[index] != above)
        {
            return -1;
        }

        _tails[index] = leaf;
        return _first + index;
    }

    private (List<int> Taken, bool Fit) Take(IReadOnlyList<int> wanted, int cells)
    {
        List<int> taken = [];
        HashSet<int> set = [];
        HashSet<int> inner = [];
        int sequences = 0;
        foreach (int node in wanted)
        {
            List<int> path = [];
            int above = node;
            for (; _sequenceOf[above] < 0 && !set.Contains(above); above = _tree[above].Parent)
            {
                path.Add(above);
            }

            // A path that goes on where another ended shares its sequence; counted as if none did that was there before.
            bool extends = set.Contains(above) && inner.Add(above);
            if (Cells + taken.Count + path.Count > cells || _used + sequences + (extends ? 0 : 1) > _count)
            {
                return (taken, false);
            }

            sequences += extends ? 0 : 1;
            path.Reverse();
            for (int i = 0; i < path.Count; i++)
            {
                taken.Add(path[i]);
                set.Add(path[i]);
                if (i + 1 < path.Count)
                {
                    inner.Add(path[i]);
                }
            }
        }

        return (taken, true);
    }

    /// <summary>A node to decode, with its sequences and the copies that give them what stands above it.</summary>
    internal sealed record Placed(int Node)
    {
        internal List<int> Sequences { get; } = [];

        internal List<Copy> Copies { get; } = [];
    }

    /// <summary>A sequence that begins as another does: with the prompt and so many tokens.</summary>
    internal readonly record struct Copy(int From, int To, int Depth);
}
