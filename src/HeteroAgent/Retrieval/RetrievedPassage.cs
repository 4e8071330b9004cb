using System.Text.Json.Serialization;

namespace HeteroAgent;

/// <summary>One passage that a retriever found.</summary>
/// <param name="DocumentId">The id of the document that it stands in.</param>
/// <param name="Title">The document's title; empty where it has none.</param>
/// <param name="Text">The passage's text.</param>
/// <param name="Score">How well it matches; higher is better, and comparable only within one search.</param>
[JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record RetrievedPassage(string DocumentId, string Title, string Text, double Score)
{
    /// <summary>Gets the offset of the passage in the document's text, in UTF-16 code units.</summary>
    public int Start { get; init; }

    /// <summary>Gets where the document can be read; <see langword="null"/> where that is not known.</summary>
    public Uri? Url { get; init; }
}
