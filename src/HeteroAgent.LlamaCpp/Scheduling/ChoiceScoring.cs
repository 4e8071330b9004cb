namespace HeteroAgent.LlamaCpp;

/// <summary>
/// Scores the choices of one request, the likely ones first, and says when the rest cannot matter: branch and bound on the
/// tree of their tokens. The log-probability of a beginning bounds that of every choice that begins so, since each further
/// token can only lower it. Used by one thread.
/// </summary>
/// <remarks>
/// <para>A beginning is left where no choice below it can be the best and where all beginnings left, together, can hold at most
/// <c>tolerance</c> of the probability of the choices scored. The best choice is then the best of all, and every share is
/// within the tolerance of that of scoring all. With the tolerance 0 every token of every choice is scored.</para>
/// </remarks>
internal sealed class ChoiceScoring
{
    /// <summary>The nodes that are worth decoding at once: with fewer the fixed cost of a step weighs more, with more the chance that one was not needed.</summary>
    internal const int RoundNodes = 32;

    // A node whose parent is not scored yet is taken along where its chance of being wanted is at least this.
    private const double WorthGuessing = 1.0 / 8;

    private readonly double _tolerance;
    private readonly float[] _edges;
    private readonly double[] _sums;
    private readonly bool[] _scored;
    private List<int> _open = [0];

    // The best choice scored, and the probability of all that are scored as a multiple of its own.
    private double _best = double.NegativeInfinity;
    private double _complete;

    internal ChoiceScoring(IReadOnlyList<int[]> choices, double tolerance)
    {
        Tree = new ChoiceTree(choices);
        _tolerance = tolerance;
        _edges = new float[Tree.Count];
        _sums = new double[Tree.Count];
        _scored = new bool[Tree.Count];
    }

    /// <summary>The choices' tokens.</summary>
    internal ChoiceTree Tree { get; }

    /// <summary>Whether the tokens that follow a node have their scores.</summary>
    internal bool IsScored(int node) => _scored[node];

    /// <summary>Scores the tokens that follow a node, from the logits behind it. Its parent comes first.</summary>
    internal void Score(int node, ReadOnlySpan<float> logits, float normaliser)
    {
        _scored[node] = true;
        foreach (int child in Tree[node].Children)
        {
            _edges[child] = logits[Tree[child].Token] - normaliser;
            _sums[child] = _sums[node] + _edges[child];
        }
    }

    /// <summary>The nodes to score next, parents before children, at most <paramref name="most"/>; none when the rest cannot matter.</summary>
    internal List<int> Next(int most)
    {
        Open();
        return _tolerance == 0 || _open.Sum(n => (long)Tree[n].ToScore) <= most ? Below(_open, most) : Likely(most);
    }

    /// <summary>The token log-probabilities of each choice, of those left at a bound only the first ones.</summary>
    internal float[][] Scores() => [.. Tree.Ends.Select(end =>
    {
        List<int> path = [];
        for (int node = end; node > 0; node = Tree[node].Parent)
        {
            path.Add(node);
        }

        path.Reverse();
        return path.TakeWhile(n => _scored[Tree[n].Parent]).Select(n => _edges[n]).ToArray();
    })];

    /// <summary>The share of each choice in the probability of all. One that was left gets an even part of what its beginning had.</summary>
    internal double[] Shares()
    {
        double[] sums = [.. Tree.Ends.Select(Bound)];
        double max = sums.Max();
        double total = sums.Sum(s => Math.Exp(s - max));
        return [.. sums.Select(s => Math.Exp(s - max) / total)];
    }

    private double Bound(int end)
    {
        int node = end;
        while (node > 0 && !_scored[Tree[node].Parent])
        {
            node = Tree[node].Parent;
        }

        return node == end ? _sums[node] : _sums[node] - Math.Log(Tree[node].Choices - Tree[node].Ends);
    }

    // Finds the beginnings that still matter, likely ones first.
    private void Open()
    {
        List<int> open = [];
        List<double> complete = [];
        Stack<int> stack = new([0]);
        while (stack.TryPop(out int n))
        {
            ChoiceTree.Node node = Tree[n];
            complete.AddRange(Enumerable.Repeat(_sums[n], node.Ends));
            if (node.Children.Count > 0 && !_scored[n])
            {
                open.Add(n);
            }
            else
            {
                for (int i = node.Children.Count - 1; i >= 0; i--)
                {
                    stack.Push(node.Children[i]);
                }
            }
        }

        _open = open;
        if (_tolerance > 0)
        {
            Prune(complete);
        }
    }

    private void Prune(List<double> complete)
    {
        _open.Sort((x, y) => _sums[y].CompareTo(_sums[x]));
        if (complete.Count == 0)
        {
            return;
        }

        _best = complete.Max();
        _complete = complete.Sum(s => Math.Exp(s - _best));
        double left = 0;
        while (_open.Count > 0)
        {
            int last = _open[^1];
            left += Math.Exp(_sums[last] - _best) * (Tree[last].Nested - Tree[last].Ends);
            if (_sums[last] >= _best || left > _tolerance * _complete)
            {
                return;
            }

            _open.RemoveAt(_open.Count - 1);
        }
    }

    // How many beginnings would matter if the choices below the likely ones took all that these have: the rest may wait a round.
    private int Promising()
    {
        double max = Math.Max(_best, _sums[_open[0]]);
        double left = (1 - _tolerance) * (_open.Sum(n => Math.Exp(_sums[n] - max)) + (_complete * Math.Exp(_best - max)));
        left -= _complete * Math.Exp(_best - max);
        int count = 0;
        do
        {
            left -= Math.Exp(_sums[_open[count++]] - max);
        }
        while (left > 0 && count < _open.Count);
        return count;
    }

    // In the tree's order, so that few sequences are alive at a time.
    private List<int> Below(List<int> roots, int most)
    {
        List<int> nodes = [];
        Stack<int> stack = new(Enumerable.Reverse(roots));
        while (nodes.Count < most && stack.TryPop(out int n))
        {
            nodes.Add(n);
            List<int> children = Tree[n].Children;
            for (int i = children.Count - 1; i >= 0; i--)
            {
                if (Tree[children[i]].Children.Count > 0)
                {
                    stack.Push(children[i]);
                }
            }
        }

        return nodes;
    }

    // The likeliest first; what follows a node without scores is taken to be even.
    private List<int> Likely(int most)
    {
        List<int> nodes = [];
        PriorityQueue<(int Node, double Chance), double> queue = new(_open[..Promising()].Select(n => ((n, 1.0), -_sums[n])));
        while (nodes.Count < most && queue.TryDequeue(out (int Node, double Chance) next, out double cost))
        {
            nodes.Add(next.Node);
            List<int> children = Tree[next.Node].Children;
            double chance = next.Chance / children.Count;
            if (chance >= WorthGuessing)
            {
                queue.EnqueueRange(children.Where(c => Tree[c].Children.Count > 0).Select(c => ((c, chance), cost + Math.Log(children.Count))));
            }
        }

        return nodes;
    }
}
