using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Reads and writes a <see cref="Confidence"/> on a <see cref="ChatResponse"/>.</summary>
public static class ChatResponseConfidenceExtensions
{
    /// <summary>Gets the confidence that the answering or drafting local model recorded.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The confidence, or <see langword="null"/> where no model recorded one (a frontier model that was asked directly).</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static Confidence? GetConfidence(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        AdditionalPropertiesDictionary? properties = Properties(response, ResponsePropertyNames.MeanLogprob);
        return properties is not null
            && properties.TryGetValue(ResponsePropertyNames.MeanLogprob, out double mean)
            && properties.TryGetValue(ResponsePropertyNames.MinLogprob, out double min)
            && properties.TryGetValue(ResponsePropertyNames.TokenCount, out int count)
                ? new Confidence(mean, min, count, properties.TryGetValue(ResponsePropertyNames.Probability, out double p) ? p : null)
                : null;
    }

    /// <summary>Gets the log-probability of each generated token, where the request asked for it.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>One entry a token in the order of generation; empty when none were recorded.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<TokenLogprob> GetLogprobs(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return Properties(response, ResponsePropertyNames.Logprobs)?[ResponsePropertyNames.Logprobs] as IReadOnlyList<TokenLogprob> ?? [];
    }

    /// <summary>Records a confidence under the names of <see cref="ResponsePropertyNames"/>.</summary>
    /// <param name="properties">The dictionary to write to.</param>
    /// <param name="confidence">The confidence to record.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static void SetConfidence(this AdditionalPropertiesDictionary properties, Confidence confidence)
    {
        ArgumentNullException.ThrowIfNull(properties);
        ArgumentNullException.ThrowIfNull(confidence);
        properties[ResponsePropertyNames.Confidence] = confidence.Score;
        properties[ResponsePropertyNames.MeanLogprob] = confidence.MeanLogprob;
        properties[ResponsePropertyNames.MinLogprob] = confidence.MinLogprob;
        properties[ResponsePropertyNames.TokenCount] = confidence.TokenCount;
        if (confidence.Probability is { } p)
        {
            properties[ResponsePropertyNames.Probability] = p;
        }
    }

    private static AdditionalPropertiesDictionary? Properties(ChatResponse response, string key)
    {
        if (response.AdditionalProperties?.ContainsKey(key) == true)
        {
            return response.AdditionalProperties;
        }

        AdditionalPropertiesDictionary? last = response.Messages.Count > 0 ? response.Messages[^1].AdditionalProperties : null;
        return last?.ContainsKey(key) == true ? last : null;
    }
}
