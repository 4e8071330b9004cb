using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace HeteroAgent.OpenAI;

/// <summary>Reads from an answer what Microsoft.Extensions.AI.OpenAI leaves in its raw form.</summary>
internal static class AnswerReader
{
    /// <summary>Completes a whole answer in place.</summary>
    /// <exception cref="FormatException">The completion has no choice.</exception>
    public static ChatResponse Read(ChatResponse response, ResponseSchema? schema, string? model)
    {
        ChatCompletion completion = response.RawRepresentation as ChatCompletion ?? throw new FormatException("there is no completion in it.");
        ChatMessage message = response.Messages[^1];
        response.ResponseId = message.MessageId = Id(response.ResponseId);
        response.ModelId = string.IsNullOrEmpty(response.ModelId) ? model : response.ModelId;
        response.CreatedAt = message.CreatedAt = Created(response.CreatedAt);
        response.FinishReason = Finish(response.FinishReason, message.Contents);
        if (schema is { IsWrapped: true } && message.Text is { Length: > 0 } text)
        {
            message.Contents = [.. message.Contents.Where(static c => c is not TextContent).Prepend(new TextContent(schema.Unwrap(text)))];
        }

        if (Confidence(completion.ContentTokenLogProbabilities) is { } properties)
        {
            message.AdditionalProperties = Merge(message.AdditionalProperties, properties);
            response.AdditionalProperties = Merge(response.AdditionalProperties, properties);
        }

        return response;
    }

    public static string Id(string? id) => string.IsNullOrEmpty(id) ? Guid.NewGuid().ToString("N") : id;

    public static DateTimeOffset Created(DateTimeOffset? created) => created > DateTimeOffset.UnixEpoch ? created.Value : DateTimeOffset.UtcNow;

    /// <summary>Some servers say "stop" where they call a tool.</summary>
    public static ChatFinishReason? Finish(ChatFinishReason? reason, IEnumerable<AIContent> contents) =>
        reason == ChatFinishReason.Stop && contents.Any(static c => c is FunctionCallContent) ? ChatFinishReason.ToolCalls : reason;

    /// <summary>The records of the log-probabilities, or null where the server gave none; protocol tokens have no id, so it is -1.</summary>
    public static AdditionalPropertiesDictionary? Confidence(IReadOnlyCollection<ChatTokenLogProbabilityDetails> logprobs)
    {
        if (logprobs.Count == 0)
        {
            return null;
        }

        TokenLogprob[] tokens = [.. logprobs.Select(static t => new TokenLogprob(-1, t.Token, Math.Min(t.LogProbability, 0)))];
        AdditionalPropertiesDictionary properties = [];
        properties.SetLogprobs(tokens);
        properties.SetConfidence(new(tokens.Average(static t => t.Logprob), tokens.Min(static t => t.Logprob), tokens.Length));
        return properties;
    }

    private static AdditionalPropertiesDictionary Merge(AdditionalPropertiesDictionary? properties, AdditionalPropertiesDictionary more)
    {
        AdditionalPropertiesDictionary merged = properties?.Clone() ?? [];
        foreach ((string key, object? value) in more)
        {
            merged[key] = value;
        }

        return merged;
    }
}
