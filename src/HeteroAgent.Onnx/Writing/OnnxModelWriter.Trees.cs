namespace HeteroAgent.Onnx;

public sealed partial class OnnxModelWriter
{
    /// <summary>Adds boosted trees as a <c>TreeEnsembleRegressor</c>, which gives their log-odds.</summary>
    /// <param name="trees">The trees.</param>
    /// <param name="input">The rows: floats of shape [rows, <see cref="GradientBoostedTrees.FeatureCount"/>]; NaN is a missing value.</param>
    /// <param name="output">The name of the result: floats of shape [rows, 1]; <c>Sigmoid</c> makes them probabilities.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="trees"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="input"/> is unknown, or <paramref name="output"/> is empty or taken.</exception>
    public OnnxModelWriter Trees(GradientBoostedTrees trees, string input, string output)
    {
        ArgumentNullException.ThrowIfNull(trees);
        TreeTable table = new();
        for (int t = 0; t < trees.Trees.Count; t++)
        {
            table.Add(t, trees.Trees[t]);
        }

        if (trees.Trees.Count == 0)
        {
            table.AddLeaf(0, 0, 0); // An ensemble has at least one tree.
        }

        return Operator("TreeEnsembleRegressor", [input], [output], [.. table.Attributes, OnnxAttribute.Of("base_values", [trees.BaseMargin])], MachineLearningDomain);
    }

    /// <summary>The nodes of all trees as the parallel lists that the operator takes.</summary>
    private sealed class TreeTable
    {
        private readonly List<long> _tree = [];
        private readonly List<long> _node = [];
        private readonly List<long> _feature = [];
        private readonly List<float> _threshold = [];
        private readonly List<string> _mode = [];
        private readonly List<long> _true = [];
        private readonly List<long> _false = [];
        private readonly List<long> _missingTrue = [];
        private readonly List<long> _leafTree = [];
        private readonly List<long> _leafNode = [];
        private readonly List<float> _leafValue = [];

        public IEnumerable<OnnxAttribute> Attributes =>
        [
            OnnxAttribute.Of("n_targets", 1),
            OnnxAttribute.Of("aggregate_function", "SUM"),
            OnnxAttribute.Of("post_transform", "NONE"),
            OnnxAttribute.Of("nodes_treeids", _tree),
            OnnxAttribute.Of("nodes_nodeids", _node),
            OnnxAttribute.Of("nodes_featureids", _feature),
            OnnxAttribute.Of("nodes_values", _threshold),
            OnnxAttribute.Of("nodes_modes", _mode),
            OnnxAttribute.Of("nodes_truenodeids", _true),
            OnnxAttribute.Of("nodes_falsenodeids", _false),
            OnnxAttribute.Of("nodes_missing_value_tracks_true", _missingTrue),
            OnnxAttribute.Of("target_treeids", _leafTree),
            OnnxAttribute.Of("target_nodeids", _leafNode),
            OnnxAttribute.Of("target_ids", [.. _leafTree.Select(static _ => 0L)]),
            OnnxAttribute.Of("target_weights", _leafValue),
        ];

        public void Add(int id, RegressionTree tree)
        {
            for (int n = 0; n < tree.NodeCount; n++)
            {
                if (tree.Feature[n] < 0)
                {
                    AddLeaf(id, n, tree.Value[n]);
                }
                else
                {
                    AddNode(id, n, tree.Feature[n], tree.Threshold[n], "BRANCH_LEQ", tree.Left[n], tree.Right[n], tree.MissingLeft[n]);
                }
            }
        }

        public void AddLeaf(int tree, int node, float value)
        {
            AddNode(tree, node, 0, 0, "LEAF", 0, 0, false);
            _leafTree.Add(tree);
            _leafNode.Add(node);
            _leafValue.Add(value);
        }

        private void AddNode(int tree, int node, int feature, float threshold, string mode, int left, int right, bool missingLeft)
        {
            _tree.Add(tree);
            _node.Add(node);
            _feature.Add(feature);
            _threshold.Add(threshold);
            _mode.Add(mode);
            _true.Add(left);
            _false.Add(right);
            _missingTrue.Add(missingLeft ? 1 : 0);
        }
    }
}
