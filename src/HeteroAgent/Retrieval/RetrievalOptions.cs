namespace HeteroAgent;

/// <summary>How an <see cref="IRetriever"/> looks.</summary>
public sealed record RetrievalOptions
{
    private readonly int _topK = 4;

    /// <summary>Gets the number of passages to find at most.</summary>
    /// <value>Default 4.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 1 and 1,000.</exception>
    public int TopK
    {
        get => _topK;
        init => _topK = value is >= 1 and <= 1000 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Between 1 and 1,000 passages can be asked for.");
    }

    /// <summary>Gets what the search goes by.</summary>
    /// <value>Default <see cref="RetrievalMode.Auto"/>.</value>
    public RetrievalMode Mode { get; init; }
}
