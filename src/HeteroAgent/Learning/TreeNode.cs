namespace HeteroAgent;

/// <summary>A node of a tree that is being grown, and the rows that reach it.</summary>
internal sealed class TreeNode
{
    public int Start { get; init; }

    public int Count { get; init; }

    public double Gradient { get; set; }

    public double Hessian { get; set; }

    public Histogram? Histogram { get; set; }

    /// <summary>The best split found, where there is one worth making.</summary>
    public TreeSplit? Split { get; set; }

    /// <summary>The split that was made; meaningless at a leaf.</summary>
    public TreeSplit Chosen { get; set; }

    public int Left { get; set; } = -1;

    public int Right { get; set; } = -1;

    public float Value { get; set; }

    public bool IsLeaf => Left < 0;
}
