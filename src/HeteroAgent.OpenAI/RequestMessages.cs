using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace HeteroAgent.OpenAI;

/// <summary>Writes messages as the protocol has them.</summary>
internal static class RequestMessages
{
    public static List<global::OpenAI.Chat.ChatMessage> Create(IEnumerable<ChatMessage> messages, string? instructions, string? schemaInstructions)
    {
        List<global::OpenAI.Chat.ChatMessage> result = [];
        if (!string.IsNullOrEmpty(instructions))
        {
            result.Add(new SystemChatMessage(instructions));
        }

        if (schemaInstructions is not null)
        {
            result.Add(new SystemChatMessage(schemaInstructions));
        }

        foreach (ChatMessage message in messages)
        {
            Add(result, message);
        }

        return result;
    }

    private static void Add(List<global::OpenAI.Chat.ChatMessage> result, ChatMessage message)
    {
        result.AddRange(message.Contents.OfType<FunctionResultContent>().Select(static r => new ToolChatMessage(r.CallId, Text(r))));
        if (message.Role == ChatRole.System)
        {
            result.Add(new SystemChatMessage(Text(message)));
        }
        else if (message.Role == ChatRole.Assistant)
        {
            result.Add(Assistant(message));
        }
        else if (message.Role == ChatRole.User)
        {
            if (message.Contents.Count == 0 || message.Contents.Any(static c => c is not FunctionResultContent))
            {
                result.Add(User(message));
            }
        }
        else if (message.Role != ChatRole.Tool)
        {
            throw new UnsupportedContentException($"A message of the role '{message.Role}'", "system, user, assistant and tool");
        }
        else if (message.Contents.FirstOrDefault(static c => c is not FunctionResultContent) is { } other)
        {
            throw new UnsupportedContentException($"A {other.GetType().Name} in a tool message", "FunctionResultContent");
        }
    }

    private static UserChatMessage User(ChatMessage message)
    {
        AIContent[] contents = [.. message.Contents.Where(static c => c is not (FunctionResultContent or UsageContent))];
        return contents.All(static c => c is TextContent)
            ? new(string.Concat(contents.Cast<TextContent>().Select(static t => t.Text)))
            : new(contents.Select(Part));
    }

    private static ChatMessageContentPart Part(AIContent content) => content switch
    {
        TextContent text => ChatMessageContentPart.CreateTextPart(text.Text),
        UriContent uri when uri.HasTopLevelMediaType("image") => ChatMessageContentPart.CreateImagePart(uri.Uri),
        DataContent data when data.HasTopLevelMediaType("image") => ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(data.Data), data.MediaType),
        DataContent data => throw new UnsupportedContentException($"A DataContent of type {data.MediaType} in a user message", "text and images"),
        UriContent uri => throw new UnsupportedContentException($"A UriContent of type {uri.MediaType} in a user message", "text and images"),
        _ => throw new UnsupportedContentException($"A {content.GetType().Name} in a user message", "text and images"),
    };

    private static AssistantChatMessage Assistant(ChatMessage message)
    {
        ChatToolCall[] calls = [.. message.Contents.OfType<FunctionCallContent>().Select(static c =>
            ChatToolCall.CreateFunctionToolCall(c.CallId, c.Name, BinaryData.FromString(CompactJson.Write(ToolArguments.ToJson(c.Arguments)))))];
        string text = Text(message);
        if (calls.Length == 0)
        {
            return new(text);
        }

        AssistantChatMessage assistant = new(calls);
        if (text.Length > 0)
        {
            assistant.Content.Add(ChatMessageContentPart.CreateTextPart(text));
        }

        return assistant;
    }

    // Reasoning belongs to the provider that wrote it and is not sent back.
    private static string Text(ChatMessage message) =>
        message.Contents.FirstOrDefault(static c => c is not (TextContent or TextReasoningContent or FunctionCallContent or FunctionResultContent or UsageContent or ErrorContent)) is { } other
            ? throw new UnsupportedContentException($"A {other.GetType().Name} in a {message.Role} message", "text and tool calls")
            : message.Text;

    private static string Text(FunctionResultContent result) => result switch
    {
        { Exception: { } e } when result.Result is null => $"Error: {e.Message}",
        { Result: null } => "",
        { Result: string text } => text,
        { Result: TextContent text } => text.Text,
        { Result: JsonElement { ValueKind: JsonValueKind.String } element } => element.GetString()!,
        { Result: { } value } => CompactJson.Write(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType())),
    };
}
