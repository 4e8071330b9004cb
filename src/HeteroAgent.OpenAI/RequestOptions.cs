using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using OpenAIFormat = OpenAI.Chat.ChatResponseFormat;

namespace HeteroAgent.OpenAI;

/// <summary>Restates options for Microsoft.Extensions.AI.OpenAI. What the caller's raw options already set is left alone; nothing is sent that was not asked for.</summary>
internal static class RequestOptions
{
    public static ChatOptions Create(OpenAICompatibleChatClient client, ChatOptions? options, ResponseSchema? schema)
    {
        ChatOptions sent = options?.Clone() ?? new();
        int? limit = client.UsesMaxCompletionTokens ? null : sent.MaxOutputTokens;
        if (limit is not null)
        {
            sent.MaxOutputTokens = null;
        }

        if (schema is not null && client.StructuredOutput == StructuredOutputMode.JsonObject)
        {
            sent.Instructions = string.IsNullOrEmpty(sent.Instructions) ? schema.Instructions : $"{sent.Instructions}\n\n{schema.Instructions}";
        }

        OpenAIFormat? format = Format(sent.ResponseFormat, schema, client.StructuredOutput);
        sent.ResponseFormat = null;
        sent.Tools = sent.Tools is { Count: > 0 } tools ? [.. tools.Select(Stripped)] : null;
        bool logprobs = sent.AdditionalProperties?.TryGetValue(RequestPropertyNames.Logprobs, out bool wanted) == true && wanted;
        int? topK = client.UsesMaxCompletionTokens ? null : sent.TopK;
        Func<IChatClient, object?>? caller = sent.RawRepresentationFactory;
        sent.RawRepresentationFactory = _ =>
        {
            ChatCompletionOptions raw = caller?.Invoke(client) as ChatCompletionOptions ?? new();
            raw.ResponseFormat ??= format;
            if (logprobs)
            {
                raw.IncludeLogProbabilities ??= true;
            }

            if (limit is { } tokens && raw.MaxOutputTokenCount is null)
            {
                raw.Patch.Set("$.max_tokens"u8, tokens);
            }

            // OpenAI refuses top_k; the servers that run open models know it.
            if (topK is { } k)
            {
                raw.Patch.Set("$.top_k"u8, k);
            }

            return raw;
        };
        return sent;
    }

    private static OpenAIFormat? Format(Microsoft.Extensions.AI.ChatResponseFormat? format, ResponseSchema? schema, StructuredOutputMode mode) => format switch
    {
        ChatResponseFormatJson when schema is not null && mode == StructuredOutputMode.JsonSchema =>
            OpenAIFormat.CreateJsonSchemaFormat(schema.Name, BinaryData.FromString(schema.Schema.GetRawText()), schema.Description, schema.IsStrict ? true : null),
        ChatResponseFormatJson => OpenAIFormat.CreateJsonObjectFormat(),
        _ => null,
    };

    // This library's private keywords are not the server's.
    private static AITool Stripped(AITool tool) => tool switch
    {
        AIFunctionDeclaration function => PrivateKeywords.TryStrip(function.JsonSchema, out JsonElement parameters) ? new StrippedDeclaration(function, parameters) : function,
        _ => throw Unsupported(tool),
    };

    private static UnsupportedContentException Unsupported(AITool tool) => new($"The tool '{tool.Name}' of type {tool.GetType().Name}", "AIFunctionDeclaration and AIFunction");

    private sealed class StrippedDeclaration(AIFunctionDeclaration inner, JsonElement schema) : AIFunctionDeclaration
    {
        public override string Name => inner.Name;

        public override string Description => inner.Description;

        public override JsonElement JsonSchema => schema;

        public override IReadOnlyDictionary<string, object?> AdditionalProperties => inner.AdditionalProperties;
    }
}
