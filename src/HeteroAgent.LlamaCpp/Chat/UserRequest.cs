using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>The text that a specialist reads: that of the last user message, or the one under <see cref="RequestPropertyNames.SpanSource"/> in the options.</summary>
internal static class UserRequest
{
    /// <param name="messages">The conversation.</param>
    /// <param name="options">The caller's options.</param>
    /// <param name="foreign">What is thrown where the conversation ends with a message of the role that it is told.</param>
    /// <exception cref="ArgumentException">The conversation or the request is empty.</exception>
    /// <exception cref="UnsupportedContentException">The request holds content that is not text.</exception>
    internal static string Read(IReadOnlyList<ChatMessage> messages, ChatOptions? options, Func<ChatRole, Exception> foreign)
    {
        int last = messages.Count - 1;
        if (last < 0)
        {
            throw new ArgumentException("The conversation is empty; a user message was expected.", nameof(messages));
        }

        if (messages[last].Role != ChatRole.User)
        {
            throw foreign(messages[last].Role);
        }

        if (messages[last].Contents.FirstOrDefault(c => c is not TextContent) is { } content)
        {
            throw new UnsupportedContentException($"The {content.GetType().Name} of message {last}", "text");
        }

        string request = options?.AdditionalProperties?.TryGetValue(RequestPropertyNames.SpanSource, out string? source) == true && source is not null ? source : messages[last].Text;
        return string.IsNullOrWhiteSpace(request) ? throw new ArgumentException($"Message {last}, the user's request, is empty.", nameof(messages)) : request;
    }
}
