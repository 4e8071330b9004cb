using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace HeteroAgent.OpenAI;

/// <summary>Writes into the options what Microsoft.Extensions.AI.OpenAI does not: names of fields that other servers know, the schema as the server takes it, log-probabilities.</summary>
internal static class RequestOptions
{
    /// <param name="options">The caller's options, which stay as they are.</param>
    /// <param name="raw">The options of the caller's own factory, or new ones; what they already set is left alone.</param>
    /// <param name="schema">The schema of the answer, if there is one.</param>
    /// <param name="usesMaxCompletionTokens">Whether the server has OpenAI's own names and nothing beyond.</param>
    public static ChatOptions Create(ChatOptions? options, ChatCompletionOptions raw, ResponseSchema? schema, bool usesMaxCompletionTokens)
    {
        ChatOptions result = options?.Clone() ?? new();
        result.RawRepresentationFactory = _ => raw;
        if (schema is not null)
        {
            result.ResponseFormat = null;
            raw.ResponseFormat = schema.Format;
        }

        if (result.AdditionalProperties?.TryGetValue(RequestPropertyNames.Logprobs, out bool logprobs) == true && logprobs)
        {
            raw.IncludeLogProbabilities ??= true;
        }

        if (!usesMaxCompletionTokens)
        {
            OpenFields(result, raw);
        }

        result.Tools = result.Tools?.Select(Plain).ToList();
        return result;
    }

    private static void OpenFields(ChatOptions options, ChatCompletionOptions raw)
    {
        if (raw.MaxOutputTokenCount is null && options.MaxOutputTokens is { } max)
        {
            options.MaxOutputTokens = null;
            raw.Patch.Set("$.max_tokens"u8, max);
        }

        if (options.TopK is { } topK)
        {
            raw.Patch.Set("$.top_k"u8, topK);
        }
    }

    private static AITool Plain(AITool tool) =>
        tool is not AIFunctionDeclaration function ? throw new UnsupportedContentException($"The tool '{tool.Name}' of type {tool.GetType().Name}", "AIFunctionDeclaration and AIFunction")
        : PrivateKeywords.TryStrip(function.JsonSchema, out JsonElement schema) ? new PlainTool(function, schema)
        : function;

    /// <summary>A tool whose schema is without this library's private keywords.</summary>
    private sealed class PlainTool(AIFunctionDeclaration tool, JsonElement schema) : AIFunctionDeclaration
    {
        public override string Name => tool.Name;

        public override string Description => tool.Description;

        public override JsonElement JsonSchema => schema;

        public override IReadOnlyDictionary<string, object?> AdditionalProperties => tool.AdditionalProperties;
    }
}
