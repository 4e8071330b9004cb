namespace HeteroAgent.TestKit;

/// <summary>Finds the same passages for every query.</summary>
public sealed class ScriptedRetriever(params RetrievedPassage[] passages) : IRetriever
{
    public ValueTask<IReadOnlyList<RetrievedPassage>> RetrieveAsync(string query, RetrievalOptions? options = null, CancellationToken cancellationToken = default) =>
        new([.. passages.Take(options?.TopK ?? 4)]);
}
