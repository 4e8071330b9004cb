using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Reads from a response what an <see cref="ExtractiveChatClient"/> recorded.</summary>
public static class ChatResponseExtractionExtensions
{
    /// <summary>Gets the extracted values with their offsets in the request.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The spans in the order of the request; empty where there are none, or another client answered.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<ExtractedSpan> GetExtractedSpans(this ChatResponse response) => ExtractionRecord.Read(response);
}
