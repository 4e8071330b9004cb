namespace HeteroAgent;

/// <summary>Grows one tree: the leaf whose best split gains most is split until there are enough leaves.</summary>
internal sealed class TreeGrower(BinnedFeatures data, float[] gradients, float[] hessians, GradientBoostedTreesOptions options)
{
    private readonly Stack<Histogram> _free = new();
    private readonly float[] _leafGradients = new float[data.Rows];
    private readonly float[] _leafHessians = new float[data.Rows];
    private readonly List<TreeNode> _nodes = [];
    private int[] _rows = [];
    private int[] _scratch = [];
    private int[] _features = [];
    private int[] _offsets = [];

    public RegressionTree Grow(int[] rows, int[] features)
    {
        _rows = rows;
        _features = features;
        _offsets = Histogram.Offsets(features, data);
        _scratch = _scratch.Length < rows.Length ? new int[rows.Length] : _scratch;
        _nodes.Clear();
        _nodes.Add(Root());
        for (int leaves = 1; leaves < options.Leaves; leaves++)
        {
            TreeNode? best = null;
            foreach (TreeNode node in _nodes)
            {
                best = node.IsLeaf && node.Split is { } split && split.Gain > (best?.Split!.Value.Gain ?? 0) ? node : best;
            }

            if (best is null)
            {
                break;
            }

            Divide(best);
        }

        foreach (TreeNode node in _nodes)
        {
            Release(node);
        }

        return Build();
    }

    /// <summary>Adds the tree just grown to the margins of every row, drawn or not.</summary>
    public void AddTo(double[] margins)
    {
        for (int row = 0; row < margins.Length; row++)
        {
            TreeNode node = _nodes[0];
            while (!node.IsLeaf)
            {
                int feature = _features[node.Chosen.Column];
                byte bin = data.Columns[feature][row];
                bool left = bin == data.MissingBin(feature) ? node.Chosen.MissingLeft : bin <= node.Chosen.Bin;
                node = _nodes[left ? node.Left : node.Right];
            }

            margins[row] += node.Value;
        }
    }

    private TreeNode Root()
    {
        var root = new TreeNode { Start = 0, Count = _rows.Length };
        root.Histogram = Fill(root);
        for (int i = 0; i < _rows.Length; i++)
        {
            root.Gradient += gradients[_rows[i]];
            root.Hessian += hessians[_rows[i]];
        }

        Search(root);
        return root;
    }

    private void Divide(TreeNode parent)
    {
        TreeSplit split = parent.Split!.Value;
        byte[] column = data.Columns[_features[split.Column]];
        int missing = data.MissingBin(_features[split.Column]);
        int leftEnd = parent.Start, aside = 0;
        for (int i = parent.Start; i < parent.Start + parent.Count; i++)
        {
            byte bin = column[_rows[i]];
            if (bin == missing ? split.MissingLeft : bin <= split.Bin)
            {
                _rows[leftEnd++] = _rows[i];
            }
            else
            {
                _scratch[aside++] = _rows[i];
            }
        }

        Array.Copy(_scratch, 0, _rows, leftEnd, aside);
        var left = new TreeNode { Start = parent.Start, Count = leftEnd - parent.Start, Gradient = split.LeftGradient, Hessian = split.LeftHessian };
        var right = new TreeNode { Start = leftEnd, Count = aside, Gradient = parent.Gradient - split.LeftGradient, Hessian = parent.Hessian - split.LeftHessian };
        (TreeNode small, TreeNode large) = left.Count <= right.Count ? (left, right) : (right, left);
        small.Histogram = Fill(small);
        large.Histogram = parent.Histogram!;
        large.Histogram.Subtract(small.Histogram, _offsets[^1]);
        parent.Histogram = null;
        parent.Chosen = split;
        parent.Left = _nodes.Count;
        parent.Right = _nodes.Count + 1;
        _nodes.Add(left);
        _nodes.Add(right);
        Search(left);
        Search(right);
    }

    private Histogram Fill(TreeNode node)
    {
        Histogram histogram = _free.Count > 0 ? _free.Pop() : new Histogram(data);
        ReadOnlySpan<int> rows = _rows.AsSpan(node.Start, node.Count);
        for (int i = 0; i < rows.Length; i++)
        {
            _leafGradients[i] = gradients[rows[i]];
            _leafHessians[i] = hessians[rows[i]];
        }

        histogram.Fill(data.Columns, _features, _offsets, rows, _leafGradients, _leafHessians);
        return histogram;
    }

    private void Search(TreeNode node) =>
        node.Split = node.Count < 2 * options.MinLeafRows
            ? null
            : SplitSearch.Best(node, _features, _offsets, data, options);

    private void Release(TreeNode node)
    {
        if (node.Histogram is not null)
        {
            _free.Push(node.Histogram);
            node.Histogram = null;
        }

        if (node.IsLeaf)
        {
            node.Value = (float)(-node.Gradient / (node.Hessian + options.L2 + 1e-12) * options.LearningRate);
        }
    }

    private RegressionTree Build() => new(
        [.. _nodes.Select(n => n.IsLeaf ? -1 : _features[n.Chosen.Column])],
        [.. _nodes.Select(n => n.IsLeaf ? 0 : data.Thresholds[_features[n.Chosen.Column]][n.Chosen.Bin])],
        [.. _nodes.Select(n => n.Left)],
        [.. _nodes.Select(n => n.Right)],
        [.. _nodes.Select(n => !n.IsLeaf && n.Chosen.MissingLeft)],
        [.. _nodes.Select(n => n.IsLeaf ? n.Value : 0)]);
}
