using Microsoft.Extensions.AI;
using OpenAI.Chat;
using OpenAIFormat = OpenAI.Chat.ChatResponseFormat;

namespace HeteroAgent.OpenAI;

/// <summary>Writes options as the protocol has them. What the caller's raw options already set is left alone; nothing is sent that was not asked for.</summary>
internal static class RequestOptions
{
    public static ChatCompletionOptions Create(OpenAICompatibleChatClient client, ChatOptions? options, ResponseSchema? schema)
    {
        ChatCompletionOptions raw = options?.RawRepresentationFactory?.Invoke(client) as ChatCompletionOptions ?? new();
        if (options is null)
        {
            return raw;
        }

        raw.Temperature ??= options.Temperature;
        raw.TopP ??= options.TopP;
        raw.FrequencyPenalty ??= options.FrequencyPenalty;
        raw.PresencePenalty ??= options.PresencePenalty;
        raw.Seed ??= options.Seed;
        if (options.Reasoning?.Effort is { } effort)
        {
            raw.ReasoningEffortLevel ??= new ChatReasoningEffortLevel(Name(effort));
        }

        foreach (string stop in options.StopSequences ?? [])
        {
            raw.StopSequences.Add(stop);
        }

        if (options.AdditionalProperties?.TryGetValue(RequestPropertyNames.Logprobs, out bool logprobs) == true && logprobs)
        {
            raw.IncludeLogProbabilities ??= true;
        }

        Tools(raw, options);
        raw.ResponseFormat ??= Format(options, schema, client.StructuredOutput);
        Lengths(raw, options, client);
        if (options.ModelId is { Length: > 0 } model)
        {
            raw.Patch.Set("$.model"u8, model);
        }

        return raw;
    }

    private static void Lengths(ChatCompletionOptions raw, ChatOptions options, OpenAICompatibleChatClient client)
    {
        if (raw.MaxOutputTokenCount is null && options.MaxOutputTokens is { } max)
        {
            if (client.UsesMaxCompletionTokens)
            {
                raw.MaxOutputTokenCount = max;
            }
            else
            {
                raw.Patch.Set("$.max_tokens"u8, max);
            }
        }

        // OpenAI refuses top_k; the servers that run open models know it.
        if (options.TopK is { } topK && !client.UsesMaxCompletionTokens)
        {
            raw.Patch.Set("$.top_k"u8, topK);
        }
    }

    private static void Tools(ChatCompletionOptions raw, ChatOptions options)
    {
        foreach (AITool tool in options.Tools ?? [])
        {
            if (tool is not AIFunctionDeclaration function)
            {
                throw new UnsupportedContentException($"The tool '{tool.Name}' of type {tool.GetType().Name}", "AIFunctionDeclaration and AIFunction");
            }

            _ = PrivateKeywords.TryStrip(function.JsonSchema, out var parameters);
            bool? strict = function.AdditionalProperties.TryGetValue("strict", out object? value) ? value as bool? : null;
            raw.Tools.Add(ChatTool.CreateFunctionTool(function.Name, string.IsNullOrEmpty(function.Description) ? null : function.Description, BinaryData.FromString(parameters.GetRawText()), strict));
        }

        if (raw.Tools.Count == 0)
        {
            return;
        }

        raw.AllowParallelToolCalls ??= options.AllowMultipleToolCalls;
        raw.ToolChoice ??= options.ToolMode switch
        {
            null => null,
            NoneChatToolMode => ChatToolChoice.CreateNoneChoice(),
            AutoChatToolMode => ChatToolChoice.CreateAutoChoice(),
            RequiredChatToolMode { RequiredFunctionName: { } name } => ChatToolChoice.CreateFunctionChoice(name),
            RequiredChatToolMode => ChatToolChoice.CreateRequiredChoice(),
            _ => throw new UnsupportedContentException($"The tool mode {options.ToolMode.GetType().Name}", "Auto, None, RequireAny and RequireSpecific"),
        };
    }

    private static OpenAIFormat? Format(ChatOptions options, ResponseSchema? schema, StructuredOutputMode mode) => options.ResponseFormat switch
    {
        ChatResponseFormatJson when schema is not null && mode == StructuredOutputMode.JsonSchema =>
            OpenAIFormat.CreateJsonSchemaFormat(schema.Name, BinaryData.FromString(schema.Schema.GetRawText()), schema.Description, schema.IsStrict ? true : null),
        ChatResponseFormatJson => OpenAIFormat.CreateJsonObjectFormat(),
        _ => null,
    };

    private static string Name(ReasoningEffort effort) => effort switch
    {
        ReasoningEffort.None => "none",
        ReasoningEffort.Low => "low",
        ReasoningEffort.Medium => "medium",
        ReasoningEffort.High => "high",
        ReasoningEffort.ExtraHigh => "xhigh",
        _ => throw new UnsupportedContentException($"The reasoning effort '{effort}'", "None, Low, Medium, High and ExtraHigh"),
    };
}
