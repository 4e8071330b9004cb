using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace HeteroAgent.OpenAI;

/// <summary>Refuses what Microsoft.Extensions.AI.OpenAI would silently leave out, and tells the model of the tools that failed.</summary>
internal static class RequestMessages
{
    public static List<ChatMessage> Create(IEnumerable<ChatMessage> messages, string? instructions)
    {
        List<ChatMessage> result = [.. messages.Select(Checked)];
        if (result.Count == 0)
        {
            throw new ArgumentException("There are no messages; expected at least one.", nameof(messages));
        }

        if (instructions is not null)
        {
            result.Insert(0, new(ChatRole.System, instructions));
        }

        return result;
    }

    private static ChatMessage Checked(ChatMessage message)
    {
        if (message.RawRepresentation is global::OpenAI.Chat.ChatMessage)
        {
            return message;
        }

        if (message.Role.Value is not ("system" or "developer" or "user" or "assistant" or "tool"))
        {
            throw new UnsupportedContentException($"A message of the role '{message.Role}'", "system, developer, user, assistant and tool");
        }

        if (message.Contents.FirstOrDefault(c => !IsTaken(c, message.Role)) is { } other)
        {
            throw new UnsupportedContentException($"A {Name(other)} in a {message.Role} message", Taken(message.Role));
        }

        return message.Contents.Any(IsFailure) ? WithErrors(message) : message;
    }

    private static bool IsTaken(AIContent content, ChatRole role) => content switch
    {
        FunctionResultContent => role == ChatRole.Tool,
        _ when role == ChatRole.Tool => false,
        { RawRepresentation: ChatMessageContentPart } or TextContent or TextReasoningContent or HostedFileContent or UsageContent or ErrorContent => true,
        FunctionCallContent => role == ChatRole.Assistant,
        UriContent uri => uri.HasTopLevelMediaType("image"),
        DataContent data => data.HasTopLevelMediaType("image") || data.MediaType is "audio/mpeg" or "audio/wav" or "application/pdf",
        _ => false,
    };

    private static string Taken(ChatRole role) => role == ChatRole.Tool ? "FunctionResultContent"
        : role == ChatRole.Assistant ? "text and tool calls"
        : "text, images, MP3 and WAV audio, PDF documents; the results of tools in tool messages";

    private static string Name(AIContent content) => content switch
    {
        DataContent data => $"DataContent of type {data.MediaType}",
        UriContent uri => $"UriContent of type {uri.MediaType}",
        _ => content.GetType().Name,
    };

    private static bool IsFailure(AIContent content) => content is FunctionResultContent { Exception: not null, Result: null };

    private static ChatMessage WithErrors(ChatMessage message)
    {
        ChatMessage copy = message.Clone();
        copy.Contents = [.. message.Contents.Select(static c => IsFailure(c) && c is FunctionResultContent r ? new FunctionResultContent(r.CallId, $"Error: {r.Exception!.Message}") : c)];
        return copy;
    }
}
