using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Ends streams so that the combined response carries what the answer that was not streamed does.</summary>
internal static class ResponseUpdates
{
    /// <summary>The update, whose properties go to its message, and one without a message, whose properties go to the response.</summary>
    public static IEnumerable<ChatResponseUpdate> OnBothLevels(ChatResponseUpdate update)
    {
        yield return update;
        if (update is { MessageId: not null, AdditionalProperties.Count: > 0 })
        {
            yield return new(update.Role, (IList<AIContent>)[])
            {
                AdditionalProperties = update.AdditionalProperties.Clone(),
                AuthorName = update.AuthorName,
                CreatedAt = update.CreatedAt,
                ConversationId = update.ConversationId,
                ModelId = update.ModelId,
                ResponseId = update.ResponseId,
            };
        }
    }
}
