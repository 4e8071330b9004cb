namespace HeteroAgent.LlamaCpp;

/// <summary>Scores the choices of one request: by all their tokens, or by their branches, the likely ones first. Used by one thread.</summary>
/// <remarks>
/// <para>By branches, the probability of a choice is the product of those of its branches: of each token among the tokens that
/// continue some choice at that place, and, where a choice is the beginning of others, of the end of generation. It is the
/// probability with which sampling under the grammar writes it; a token without an alternative costs nothing.</para>
/// <para>The probability of a beginning is then the sum of those of all choices that begin so. A beginning is left where no choice
/// below it can be the best, and none can have more than the tolerance: the best choice and its probability are exact, every
/// other probability is off by at most the tolerance, and a choice that was left gets an even part of what its beginning has.
/// With the tolerance 0, and where there are no more than <see cref="ExactNodes"/> branches, nothing is left. This is best-first branch and bound, Land and Doig 1960.</para>
/// </remarks>
internal sealed class ChoiceScoring
{
    /// <summary>The nodes that are worth decoding at once: with fewer the fixed cost of a step weighs more, with more the chance that one was not needed.</summary>
    internal const int RoundNodes = 16;

    /// <summary>So few nodes are scored in any case.</summary>
    internal const int ExactNodes = 8;

    // A node whose parent is not scored yet is taken along where its chance of being wanted is at least this.
    private const double WorthGuessing = 1.0 / 4;

    private readonly double? _tolerance;
    private readonly int[] _endTokens;
    private readonly float[] _edges;
    private readonly double[] _sums;
    private readonly double[] _ends;
    private readonly bool[] _scored;
    private readonly int[] _toScore;

    /// <summary>Creates the scoring of some choices.</summary>
    /// <param name="choices">Their tokens.</param>
    /// <param name="tolerance">How much a probability may be off; null to score by all tokens.</param>
    /// <param name="endTokens">The tokens that end a generation.</param>
    internal ChoiceScoring(IReadOnlyList<int[]> choices, double? tolerance, int[] endTokens)
    {
        Tree = new ChoiceTree(choices);
        _tolerance = tolerance;
        _endTokens = endTokens;
        _edges = new float[Tree.Count];
        _sums = new double[Tree.Count];
        _ends = new double[Tree.Count];
        _scored = new bool[Tree.Count];
        _toScore = new int[Tree.Count];
        for (int n = Tree.Count - 1; n >= 0; n--)
        {
            int below = Tree[n].Children.Sum(c => _toScore[c]);
            bool forced = tolerance is not null && Tree[n].Children.Count == 1 && Tree[n].Ends == 0;
            _scored[n] = Tree[n].Children.Count == 0 || forced;
            _toScore[n] = below > 0 || !_scored[n] ? below + 1 : 0;
        }

        if (_tolerance > 0 && _toScore[0] <= ExactNodes)
        {
            _tolerance = 0;
        }
    }

    /// <summary>The choices' tokens.</summary>
    internal ChoiceTree Tree { get; }

    /// <summary>Whether the tokens that follow a node have their scores, or need none.</summary>
    internal bool IsScored(int node) => _scored[node];

    /// <summary>Scores the tokens that follow a node, from the logits behind it. What stands above it is scored before.</summary>
    internal void Score(int node, ReadOnlySpan<float> logits, float normaliser)
    {
        ChoiceTree.Node scored = Tree[node];
        if (_tolerance is not null)
        {
            int[] ends = scored.Ends > 0 ? _endTokens : [];
            float[] alternatives = new float[ends.Length + scored.Children.Count];
            for (int i = 0; i < alternatives.Length; i++)
            {
                alternatives[i] = logits[i < ends.Length ? ends[i] : Tree[scored.Children[i - ends.Length]].Token];
            }

            float[] scratch = new float[alternatives.Length];
            normaliser = Sampler.LogSumExp(alternatives, scratch);
            _ends[node] = scored.Ends == 0 ? 0 : ends.Length == 0 ? double.NegativeInfinity : Sampler.LogSumExp(alternatives.AsSpan(0, ends.Length), scratch) - normaliser;
        }

        foreach (int child in scored.Children)
        {
            _edges[child] = logits[Tree[child].Token] - normaliser;
        }

        _scored[node] = true;
        Settle(node);
    }

    /// <summary>The nodes to score next, parents before children, at most <paramref name="most"/>; none when the rest cannot matter.</summary>
    internal List<int> Next(int most)
    {
        List<int> open = Open();
        return _tolerance is null || open.Sum(n => (long)_toScore[n]) <= most ? InOrder(open, most) : Likely(open, most);
    }

    /// <summary>The token log-probabilities of each choice, of those that were left only the first ones.</summary>
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

    /// <summary>The share of each choice in the probability of all.</summary>
    internal double[] Shares()
    {
        double[] sums = [.. Tree.Ends.Select(Sum)];
        double max = sums.Max();
        double total = sums.Sum(s => Math.Exp(s - max));
        return [.. sums.Select(s => Math.Exp(s - max) / total)];
    }

    private bool IsNested(int node) => _tolerance is not null && Tree[node].Ends > 0 && Tree[node].Children.Count > 0;

    private double Sum(int end)
    {
        int node = 0;
        Stack<int> path = new();
        for (int n = end; n > 0; n = Tree[n].Parent)
        {
            path.Push(n);
        }

        while (_scored[node] && path.TryPop(out int next))
        {
            node = next;
        }

        return node == end && (_scored[node] || !IsNested(node))
            ? _sums[node] + _ends[node] - (_tolerance is null ? 0 : Math.Log(Tree[node].Ends))
            : _sums[node] - Math.Log(Tree[node].Choices);
    }

    // Hands a node's sum down as far as it is known.
    private void Settle(int node)
    {
        foreach (int child in Tree[node].Children)
        {
            _sums[child] = _sums[node] + _edges[child];
            if (_scored[child])
            {
                Settle(child);
            }
        }
    }

    // The beginnings that still matter, likely ones first, or all in the tree's order.
    private List<int> Open()
    {
        List<int> open = [];
        double best = double.NegativeInfinity;
        Stack<int> stack = new([0]);
        while (stack.TryPop(out int n))
        {
            if (!_scored[n])
            {
                open.Add(n);
                continue;
            }

            best = Tree[n].Ends > 0 ? Math.Max(best, _sums[n] + _ends[n] - Math.Log(Tree[n].Ends)) : best;
            for (int i = Tree[n].Children.Count - 1; i >= 0; i--)
            {
                stack.Push(Tree[n].Children[i]);
            }
        }

        if (_tolerance > 0)
        {
            // Those above the tolerance are needed whatever comes; as long as there are some, the others may yet prove not to be.
            double least = Math.Log(_tolerance.Value);
            open = open.FindAll(n => _sums[n] > least) is { Count: > 0 } needed ? needed : open.FindAll(n => _sums[n] >= best);
        }

        return open;
    }

    // In the tree's order, so that few sequences are alive at a time.
    private List<int> InOrder(List<int> roots, int most)
    {
        List<int> nodes = [];
        roots.Sort();
        Stack<int> stack = new(Enumerable.Reverse(roots));
        while (nodes.Count < most && stack.TryPop(out int n))
        {
            if (!_scored[n])
            {
                nodes.Add(n);
            }

            List<int> children = Tree[n].Children;
            for (int i = children.Count - 1; i >= 0; i--)
            {
                if (_toScore[children[i]] > 0)
                {
                    stack.Push(children[i]);
                }
            }
        }

        return nodes;
    }

    // The likeliest first; what follows a node without scores is taken to be even.
    private List<int> Likely(List<int> open, int most)
    {
        List<int> nodes = [];
        PriorityQueue<(int Node, double Chance), double> queue = new(open.Select(n => ((n, 1.0), -_sums[n])));
        while (nodes.Count < most && queue.TryDequeue(out (int Node, double Chance) next, out double cost))
        {
            if (!_scored[next.Node])
            {
                nodes.Add(next.Node);
            }

            List<int> children = Tree[next.Node].Children;
            double chance = next.Chance / children.Count;
            if (chance >= WorthGuessing)
            {
                queue.EnqueueRange(children.Where(c => _toScore[c] > 0).Select(c => ((c, chance), cost + Math.Log(children.Count))));
            }
        }

        return nodes;
    }
}
