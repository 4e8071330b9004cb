namespace HeteroAgent;

/// <summary>One binary tree of <see cref="GradientBoostedTrees"/>, as flat arrays indexed by node; node 0 is the root.</summary>
/// <remarks>
/// <para>Immutable and safe for concurrent use. A row goes left where its value is at most the threshold, compared as 32-bit floats, or where it is missing (NaN) and <see cref="MissingLeft"/> says so: what ONNX calls <c>BRANCH_LEQ</c> and <c>missing_value_tracks_true</c>.</para>
/// </remarks>
public sealed class RegressionTree
{
    private readonly int[] _feature;
    private readonly float[] _threshold;
    private readonly int[] _left;
    private readonly int[] _right;
    private readonly bool[] _missingLeft;
    private readonly float[] _value;

    internal RegressionTree(int[] feature, float[] threshold, int[] left, int[] right, bool[] missingLeft, float[] value)
    {
        _feature = feature;
        _threshold = threshold;
        _left = left;
        _right = right;
        _missingLeft = missingLeft;
        _value = value;
    }

    /// <summary>Gets each node's feature, or -1 at a leaf.</summary>
    public IReadOnlyList<int> Feature => _feature;

    /// <summary>Gets each node's threshold; 0 at a leaf.</summary>
    public IReadOnlyList<float> Threshold => _threshold;

    /// <summary>Gets each node's left child, always a higher index; -1 at a leaf.</summary>
    public IReadOnlyList<int> Left => _left;

    /// <summary>Gets each node's right child, always a higher index; -1 at a leaf.</summary>
    public IReadOnlyList<int> Right => _right;

    /// <summary>Gets whether a missing value goes left at each node.</summary>
    public IReadOnlyList<bool> MissingLeft => _missingLeft;

    /// <summary>Gets each leaf's output, the learning rate applied; 0 at an inner node.</summary>
    public IReadOnlyList<float> Value => _value;

    /// <summary>Gets the number of nodes, leaves included.</summary>
    public int NodeCount => _feature.Length;

    /// <summary>The same tree with every output multiplied.</summary>
    internal RegressionTree Scaled(float factor) => new(_feature, _threshold, _left, _right, _missingLeft, Array.ConvertAll(_value, v => v * factor));

    internal float Output(ReadOnlySpan<float> row)
    {
        int node = 0;
        while (_feature[node] >= 0)
        {
            float value = row[_feature[node]];
            bool left = float.IsNaN(value) ? _missingLeft[node] : value <= _threshold[node];
            node = left ? _left[node] : _right[node];
        }

        return _value[node];
    }
}
