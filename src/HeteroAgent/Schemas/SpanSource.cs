using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Finds the text in which span values must occur.</summary>
internal static class SpanSource
{
    public static string Of(IEnumerable<ChatMessage> messages, ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(RequestPropertyNames.SpanSource, out string? named) == true && named is not null
            ? named
            : messages.LastOrDefault(static m => m.Role == ChatRole.User)?.Text ?? "";
}
