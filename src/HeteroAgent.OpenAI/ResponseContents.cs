using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using FinishReason = OpenAI.Chat.ChatFinishReason;

namespace HeteroAgent.OpenAI;

/// <summary>Reads what a server answered.</summary>
internal static class ResponseContents
{
    public static FunctionCallContent Call(string? id, string name, string arguments) =>
        FunctionCallContent.CreateFromParsedArguments(arguments, string.IsNullOrEmpty(id) ? Guid.NewGuid().ToString("N") : id, name, static json =>
            string.IsNullOrWhiteSpace(json)
                ? new Dictionary<string, object?>()
                : (IDictionary<string, object?>?)JsonSerializer.Deserialize(json, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>))) ?? new Dictionary<string, object?>());

    public static UsageDetails? Usage(ChatTokenUsage? usage) => usage is null ? null : new()
    {
        InputTokenCount = usage.InputTokenCount,
        OutputTokenCount = usage.OutputTokenCount,
        TotalTokenCount = usage.InputTokenCount + usage.OutputTokenCount,
        CachedInputTokenCount = usage.InputTokenDetails?.CachedTokenCount,
        ReasoningTokenCount = usage.OutputTokenDetails?.ReasoningTokenCount,
    };

    public static Microsoft.Extensions.AI.ChatFinishReason Finish(FinishReason reason) => reason switch
    {
        FinishReason.Stop => Microsoft.Extensions.AI.ChatFinishReason.Stop,
        FinishReason.Length => Microsoft.Extensions.AI.ChatFinishReason.Length,
        FinishReason.ContentFilter => Microsoft.Extensions.AI.ChatFinishReason.ContentFilter,
        _ => Microsoft.Extensions.AI.ChatFinishReason.ToolCalls,
    };

    /// <summary>Records confidence and log-probabilities; protocol tokens have no id, so it is -1.</summary>
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

    public static DateTimeOffset Created(DateTimeOffset created) => created > DateTimeOffset.UnixEpoch ? created : DateTimeOffset.UtcNow;
}
