using HeteroAgent;

namespace SupportDesk;

/// <summary>The bank's documents, indexed.</summary>
internal sealed class DeskDocuments : IDisposable
{
    private DeskDocuments(IRetriever retriever, string description)
    {
        Retriever = retriever;
        Description = description;
    }

    public IRetriever Retriever { get; }

    public string Description { get; }

    public static Task<DeskDocuments> OpenAsync(SupportDeskOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SourceDocument[] documents = [.. Documents.Load(options.Documents)];
        return Task.FromResult(new DeskDocuments(new WordSearch(documents), $"{documents.Length} documents, searched by words"));
    }

    public void Dispose()
    {
    }
}
