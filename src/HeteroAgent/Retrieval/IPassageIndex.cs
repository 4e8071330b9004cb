namespace HeteroAgent;

/// <summary>An index of passages that documents can be added to and removed from.</summary>
/// <remarks>An implementation must be safe for concurrent use; what a completed call has written survives a killed process.</remarks>
public interface IPassageIndex : IRetriever
{
    /// <summary>Adds documents, each cut into passages. A document whose id is there already is replaced; one whose content has not changed is left alone.</summary>
    /// <param name="documents">The documents; enumerated once.</param>
    /// <param name="progress">Told the number of documents that are written; may be <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the adding after the batch that is being written.</param>
    /// <returns>The number of documents that were added or replaced.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="documents"/> is <see langword="null"/>.</exception>
    Task<int> AddAsync(IEnumerable<SourceDocument> documents, IProgress<int>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Removes documents with all their passages. Ids that are not there are passed over.</summary>
    /// <param name="documentIds">The documents' ids.</param>
    /// <param name="cancellationToken">Cancels the removal.</param>
    /// <returns>The number of documents that were removed.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="documentIds"/> is <see langword="null"/>.</exception>
    Task<int> RemoveAsync(IEnumerable<string> documentIds, CancellationToken cancellationToken = default);

    /// <summary>Says what the index holds and what it was made with.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The counts and the embedding model.</returns>
    Task<PassageIndexInfo> GetInfoAsync(CancellationToken cancellationToken = default);
}
