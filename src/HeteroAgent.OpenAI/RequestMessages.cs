using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent.OpenAI;

/// <summary>Restates messages for Microsoft.Extensions.AI.OpenAI, and refuses what it would leave out without a word.</summary>
internal static class RequestMessages
{
    private static readonly ChatRole Developer = new("developer");

    public static List<ChatMessage> Create(IEnumerable<ChatMessage> messages)
    {
        List<ChatMessage> result = [];
        foreach (ChatMessage message in messages)
        {
            FunctionResultContent[] results = [.. message.Contents.OfType<FunctionResultContent>()];
            if (results.Length > 0)
            {
                result.Add(new(ChatRole.Tool, [.. results.Select(static r => new FunctionResultContent(r.CallId, Text(r)))]));
            }

            AIContent[] others = [.. message.Contents.Where(static c => c is not (FunctionResultContent or UsageContent))];
            if (message.Role == ChatRole.Tool ? others.Length > 0 : others.Length > 0 || results.Length == 0)
            {
                result.Add(Restate(message, others));
            }
        }

        return result.Count > 0 ? result : throw new ArgumentException("There are no messages; expected at least one.", nameof(messages));
    }

    private static ChatMessage Restate(ChatMessage message, AIContent[] contents)
    {
        Func<AIContent, bool> isKnown = message.Role == ChatRole.Assistant ? static c => c is TextContent or TextReasoningContent or FunctionCallContent or ErrorContent
            : message.Role == ChatRole.User || message.Role == ChatRole.System || message.Role == Developer ? IsPart
            : message.Role == ChatRole.Tool ? static _ => false
            : throw new UnsupportedContentException($"A message of the role '{message.Role}'", "system, developer, user, assistant and tool");
        if (contents.FirstOrDefault(c => !isKnown(c)) is { } other)
        {
            string type = other switch { DataContent d => $" of type {d.MediaType}", UriContent u => $" of type {u.MediaType}", _ => "" };
            throw new UnsupportedContentException($"A {other.GetType().Name}{type} in a {message.Role} message", message.Role == ChatRole.Tool ? "FunctionResultContent" : "text, tool calls of the assistant, and images, PDF, mp3 and wav of the user");
        }

        // One string instead of a list of texts, which some servers' templates do not take.
        ChatMessage restated = message.Clone();
        restated.Contents = contents.Length > 1 && contents.All(static c => c is TextContent) ? [new TextContent(message.Text)] : contents;
        return restated;
    }

    private static bool IsPart(AIContent content) => content switch
    {
        TextContent or HostedFileContent => true,
        UriContent uri => uri.HasTopLevelMediaType("image"),
        DataContent data => data.HasTopLevelMediaType("image") || data.MediaType is "audio/mpeg" or "audio/wav" || data.MediaType.StartsWith("application/pdf", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

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
