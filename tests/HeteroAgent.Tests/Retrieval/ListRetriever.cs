namespace HeteroAgent.Tests;

/// <summary>A retriever that always finds the same passages and remembers what it was asked.</summary>
internal sealed class ListRetriever(params RetrievedPassage[] passages) : IRetriever
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<(string Query, RetrievalOptions? Options)> _asked = new();

    public IReadOnlyList<(string Query, RetrievalOptions? Options)> Asked => [.. _asked];

    public ValueTask<IReadOnlyList<RetrievedPassage>> RetrieveAsync(string query, RetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _asked.Enqueue((query, options));
        return new(passages.Take(options?.TopK ?? 4).ToArray());
    }
}
