using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Reads and writes how sure a model was of its answer.</summary>
public static class ChatResponseConfidenceExtensions
{
    /// <summary>Gets the confidence that the answering or drafting local model recorded.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The confidence, or <see langword="null"/> where no model recorded one (a frontier model that was asked directly).</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static Confidence? GetConfidence(this ChatResponse response) => Confidence.Slot.Read(response);

    /// <summary>Gets the confidence that stands on a message.</summary>
    /// <param name="message">The message to read.</param>
    /// <returns>The confidence, or <see langword="null"/> where no model recorded one.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="message"/> is <see langword="null"/>.</exception>
    public static Confidence? GetConfidence(this ChatMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Confidence.From(message.AdditionalProperties);
    }

    /// <summary>Gets the log-probability of each generated token, where the request asked for it (<see cref="RequestPropertyNames.Logprobs"/>).</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>One entry a token in the order of generation; empty when none were recorded.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<TokenLogprob> GetLogprobs(this ChatResponse response) => LogprobRecord.Slot.Read(response)?.Tokens ?? [];

    /// <summary>Gets the log-probability of each token of a message, where the request asked for it.</summary>
    /// <param name="message">The message to read.</param>
    /// <returns>One entry a token in the order of generation; empty when none were recorded.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="message"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<TokenLogprob> GetLogprobs(this ChatMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return LogprobRecord.From(message.AdditionalProperties)?.Tokens ?? [];
    }

    /// <summary>Records a confidence, for a client of your own; <see cref="GetConfidence(ChatResponse)"/> reads it.</summary>
    /// <param name="properties">The dictionary to write to: that of the response or of its last message.</param>
    /// <param name="confidence">The confidence to record.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static void SetConfidence(this AdditionalPropertiesDictionary properties, Confidence confidence)
    {
        ArgumentNullException.ThrowIfNull(properties);
        ArgumentNullException.ThrowIfNull(confidence);
        Confidence.Slot.Write(properties, confidence);
    }

    /// <summary>Records log-probabilities, for a client of your own; <see cref="GetLogprobs(ChatResponse)"/> reads them.</summary>
    /// <param name="properties">The dictionary to write to: that of the response or of its last message.</param>
    /// <param name="tokens">One entry a token in the order of generation. The list must not change afterwards.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A log-probability is positive or not a number.</exception>
    public static void SetLogprobs(this AdditionalPropertiesDictionary properties, IReadOnlyList<TokenLogprob> tokens)
    {
        ArgumentNullException.ThrowIfNull(properties);
        LogprobRecord.Slot.Write(properties, new(tokens));
    }
}
