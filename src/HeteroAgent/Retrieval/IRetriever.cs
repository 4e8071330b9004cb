namespace HeteroAgent;

/// <summary>Finds the passages that bear on a query.</summary>
/// <remarks>An implementation must be safe for concurrent use.</remarks>
public interface IRetriever
{
    /// <summary>Finds passages.</summary>
    /// <param name="query">What is looked for, as a person would say it. Text without any word finds nothing.</param>
    /// <param name="options">How to look; <see langword="null"/> for the defaults. It is not changed.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>At most <see cref="RetrievalOptions.TopK"/> passages, the best first.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is <see langword="null"/>.</exception>
    ValueTask<IReadOnlyList<RetrievedPassage>> RetrieveAsync(string query, RetrievalOptions? options = null, CancellationToken cancellationToken = default);
}
