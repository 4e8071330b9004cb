using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Reads from a <see cref="ChatResponse"/> what a <see cref="RetrievingChatClient"/> recorded.</summary>
public static class ChatResponseRetrievalExtensions
{
    /// <summary>Gets the passages that the model was given, in the order of their numbers.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The passages; empty where nothing was found or looked for.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<RetrievedPassage> GetPassages(this ChatResponse response) =>
        Get<IReadOnlyList<RetrievedPassage>>(response, ResponsePropertyNames.Passages) ?? [];

    /// <summary>Gets the passages that the answer cites.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>An annotation a passage; its regions are the places of the marks in the <see cref="TextContent"/> that has them, or in the whole text where the answer was streamed. <see cref="CitationAnnotation.FileId"/> is the document's id.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<CitationAnnotation> GetCitations(this ChatResponse response) =>
        Get<IReadOnlyList<CitationAnnotation>>(response, ResponsePropertyNames.Citations) ?? [];

    /// <summary>Gets how well the passages support the answer.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>A score in [0, 1], or <see langword="null"/> where none was recorded: nothing was looked for, or the answer claims nothing that can be checked.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static double? GetGrounding(this ChatResponse response) => Get<object>(response, ResponsePropertyNames.Grounding) as double?;

    /// <summary>Gets the reason for each claim of the answer that no passage supports.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The reasons, for a person to read; empty where there are none or nothing was scored.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<string> GetUnsupportedClaims(this ChatResponse response) =>
        Get<IReadOnlyList<string>>(response, ResponsePropertyNames.UnsupportedClaims) ?? [];

    private static T? Get<T>(ChatResponse response, string key)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(response);
        object? value = null;
        if (response.AdditionalProperties?.TryGetValue(key, out value) != true && response.Messages.Count > 0)
        {
            _ = response.Messages[^1].AdditionalProperties?.TryGetValue(key, out value);
        }

        return value as T;
    }
}
