using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Reads from a <see cref="ChatResponse"/> what a <see cref="RetrievingChatClient"/> recorded.</summary>
public static class ChatResponseRetrievalExtensions
{
    /// <summary>Gets the passages that the model was shown; the passage of number n stands at n - 1.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The passages; empty where none were.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<RetrievedPassage> GetPassages(this ChatResponse response) => Get(response, ResponsePropertyNames.Passages) as IReadOnlyList<RetrievedPassage> ?? [];

    /// <summary>Gets the passages that the answer points to, in the order of their numbers.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The citations; empty where there are none. A number that no passage has is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<Citation> GetCitations(this ChatResponse response) => Get(response, ResponsePropertyNames.Citations) as IReadOnlyList<Citation> ?? [];

    /// <summary>Gets how far the passages support the answer, in [0, 1].</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The score, or <see langword="null"/> where none was recorded.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static double? GetGrounding(this ChatResponse response) => Get(response, ResponsePropertyNames.Grounding) as double?;

    /// <summary>Gets the claims of the answer that no passage supports.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>One readable line a claim; empty where every claim is supported, or none was checked.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<string> GetUnsupportedClaims(this ChatResponse response) => Get(response, ResponsePropertyNames.UnsupportedClaims) as IReadOnlyList<string> ?? [];

    private static object? Get(ChatResponse response, string key)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.AdditionalProperties?.TryGetValue(key, out object? value) == true
            || (response.Messages.Count > 0 && response.Messages[^1].AdditionalProperties?.TryGetValue(key, out value) == true) ? value : null;
    }
}
