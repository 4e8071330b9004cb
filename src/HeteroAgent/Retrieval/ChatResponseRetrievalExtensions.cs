using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Reads from a response or a message what a <see cref="RetrievingChatClient"/> recorded.</summary>
public static class ChatResponseRetrievalExtensions
{
    /// <summary>Gets the passages, citations and grounding of an answer.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The record, or <see langword="null"/> where no passage was shown.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static RetrievalRecord? GetRetrieval(this ChatResponse response) => RetrievalRecord.Slot.Read(response);

    /// <summary>Gets the passages, citations and grounding of a message.</summary>
    /// <param name="message">The message to read.</param>
    /// <returns>The record, or <see langword="null"/> where no passage was shown.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="message"/> is <see langword="null"/>.</exception>
    public static RetrievalRecord? GetRetrieval(this ChatMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return RetrievalRecord.From(message.AdditionalProperties);
    }

    /// <summary>Gets the passages that the model was shown; the passage of number n stands at n - 1.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The passages; empty where none were.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<RetrievedPassage> GetPassages(this ChatResponse response) => response.GetRetrieval()?.Passages ?? [];

    /// <summary>Gets the passages that the answer points to, in the order of their numbers.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The citations; empty where there are none. A number that no passage has is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<Citation> GetCitations(this ChatResponse response) => response.GetRetrieval()?.Citations ?? [];

    /// <summary>Gets the passages that a message points to, in the order of their numbers.</summary>
    /// <param name="message">The message to read.</param>
    /// <returns>The citations; empty where there are none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="message"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<Citation> GetCitations(this ChatMessage message) => message.GetRetrieval()?.Citations ?? [];

    /// <summary>Gets how far the passages support the answer, in [0, 1].</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The score, or <see langword="null"/> where none was recorded.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static double? GetGrounding(this ChatResponse response) => response.GetRetrieval()?.Grounding;

    /// <summary>Gets the claims of the answer that no passage supports.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>One readable line a claim; empty where every claim is supported, or none was checked.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<string> GetUnsupportedClaims(this ChatResponse response) => response.GetRetrieval()?.UnsupportedClaims ?? [];
}
