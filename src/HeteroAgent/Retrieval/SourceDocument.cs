namespace HeteroAgent;

/// <summary>A document to be indexed.</summary>
/// <param name="Id">The document's id, unique in an index; not empty.</param>
/// <param name="Title">The title; it may be empty.</param>
/// <param name="Text">The whole text.</param>
public sealed record SourceDocument(string Id, string Title, string Text)
{
    /// <summary>Gets where the document can be read; <see langword="null"/> where that is not known.</summary>
    public Uri? Url { get; init; }
}
