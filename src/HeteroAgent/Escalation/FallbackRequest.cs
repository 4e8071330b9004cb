using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Makes of the caller's request one that another provider understands. Nothing of the caller's is changed.</summary>
internal static class FallbackRequest
{
    public static ChatOptions? Options(ChatOptions? options)
    {
        if (options is null)
        {
            return null;
        }

        ChatOptions clone = options.Clone();
        clone.ModelId = null;
        clone.ConversationId = null;
        clone.ContinuationToken = null;
        clone.AllowBackgroundResponses = null;
        if (clone.AdditionalProperties?.ContainsKey(RequestPropertyNames.SpanSource) == true)
        {
            clone.AdditionalProperties = clone.AdditionalProperties.Clone();
            _ = clone.AdditionalProperties.Remove(RequestPropertyNames.SpanSource);
        }

        if (clone.ResponseFormat is ChatResponseFormatJson { Schema: { } schema } format && PrivateKeywords.TryStrip(schema, out var plain))
        {
            clone.ResponseFormat = ChatResponseFormat.ForJsonSchema(plain, format.SchemaName, format.SchemaDescription);
        }

        if (clone.Tools is { Count: > 0 } tools && tools.Any(static t => t is AIFunctionDeclaration f && PrivateKeywords.TryStrip(f.JsonSchema, out _)))
        {
            clone.Tools = [.. tools.Select(Strip)];
        }

        return clone;
    }

    public static IReadOnlyList<ChatMessage> Messages(IReadOnlyList<ChatMessage> messages) =>
        messages.Any(IsForeign) ? [.. messages.Select(static m => IsForeign(m) ? WithoutProtectedData(m) : m)] : messages;

    private static AITool Strip(AITool tool) =>
        tool is not AIFunctionDeclaration declaration || !PrivateKeywords.TryStrip(declaration.JsonSchema, out var schema) ? tool
        : tool is AIFunction function ? new RestatedFunction(function, schema)
        : AIFunctionFactory.CreateDeclaration(declaration.Name, declaration.Description, schema, declaration.ReturnJsonSchema);

    // Only what the frontier model itself said, as the route on the message tells, is its own to read.
    private static bool IsForeign(ChatMessage message) =>
        message.Contents.Any(static c => c is TextReasoningContent { ProtectedData: not null })
        && message.GetRoute() != Routes.Frontier;

    private static ChatMessage WithoutProtectedData(ChatMessage message)
    {
        ChatMessage copy = message.Clone();
        copy.Contents = [.. message.Contents
            .Where(static c => c is not TextReasoningContent { ProtectedData: not null, Text: "" })
            .Select(static c => c is TextReasoningContent { ProtectedData: not null } r
                ? new TextReasoningContent(r.Text) { AdditionalProperties = r.AdditionalProperties, Annotations = r.Annotations }
                : c)];
        return copy;
    }
}
