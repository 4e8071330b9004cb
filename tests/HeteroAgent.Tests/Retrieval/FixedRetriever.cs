namespace HeteroAgent.Tests;

/// <summary>Finds the same passages for every query and remembers the last one.</summary>
internal sealed class FixedRetriever(params RetrievedPassage[] passages) : IRetriever
{
    public string? Query { get; private set; }

    public RetrievalOptions? Options { get; private set; }

    public ValueTask<IReadOnlyList<RetrievedPassage>> RetrieveAsync(string query, RetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        (Query, Options) = (query, options);
        return new([.. passages.Take(options?.TopK ?? 4)]);
    }
}
