using System.Text.Json;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Cli;

/// <summary>One answer as a JSON object.</summary>
internal static class AnswerReport
{
    private const int TimeDigits = 3;
    private const int LogprobDigits = 6;

    internal static void Write(Answer answer, LlamaPrompt prompt, TimeSpan load) => JsonLine.Write(writer =>
    {
        ChatResponse response = answer.Response;
        IReadOnlyList<TokenLogprob> tokens = response.GetLogprobs();
        writer.WriteString("text", response.Text);
        writer.WriteStartArray("token_ids");
        foreach (TokenLogprob token in tokens)
        {
            writer.WriteNumberValue(token.TokenId);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("logprobs");
        foreach (TokenLogprob token in tokens)
        {
            writer.WriteNumberValue(Math.Round(Math.Max(token.Logprob, float.MinValue), LogprobDigits));
        }

        writer.WriteEndArray();
        writer.WriteString("finish_reason", response.FinishReason?.Value);
        writer.WriteStartObject("usage");
        writer.WriteNumber("input_tokens", response.Usage?.InputTokenCount);
        writer.WriteNumber("output_tokens", response.Usage?.OutputTokenCount);
        writer.WriteNumber("cached_input_tokens", response.Usage?.CachedInputTokenCount);
        writer.WriteEndObject();
        WriteConfidence(writer, response.GetConfidence());
        writer.WriteString("prompt_text", prompt.Text);
        writer.WriteStartArray("prompt_token_ids");
        foreach (int id in prompt.TokenIds)
        {
            writer.WriteNumberValue(id);
        }

        writer.WriteEndArray();
        writer.WriteString("model", response.ModelId);
        writer.WriteRounded("load_ms", load.TotalMilliseconds, TimeDigits);
        writer.WriteRounded("first_token_ms", answer.FirstToken.TotalMilliseconds, TimeDigits);
        writer.WriteRounded("total_ms", answer.Total.TotalMilliseconds, TimeDigits);
    });

    private static void WriteConfidence(Utf8JsonWriter writer, Confidence? confidence)
    {
        writer.WriteStartObject("confidence");
        writer.WriteRounded("score", confidence?.Score, LogprobDigits);
        writer.WriteRounded("mean_logprob", confidence?.MeanLogprob, LogprobDigits);
        writer.WriteRounded("min_logprob", confidence?.MinLogprob, LogprobDigits);
        writer.WriteRounded("probability", confidence?.Probability, LogprobDigits);
        writer.WriteEndObject();
    }
}
