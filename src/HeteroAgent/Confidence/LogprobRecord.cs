using System.Text.Json.Serialization;

namespace HeteroAgent;

/// <summary>The log-probabilities of an answer's tokens. Immutable.</summary>
public sealed record LogprobRecord
{
    internal static readonly ResponseRecord<LogprobRecord> Slot = new("heteroagent.logprobs", static () => HeteroAgentJsonContext.Default.LogprobRecord);

    /// <summary>Creates a record.</summary>
    /// <param name="tokens">One entry a token or label, in the order of generation.</param>
    /// <exception cref="ArgumentNullException"><paramref name="tokens"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A log-probability is positive or not a number.</exception>
    [JsonConstructor]
    public LogprobRecord(IReadOnlyList<TokenLogprob> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        foreach (TokenLogprob token in tokens)
        {
            if (!(token.Logprob <= 1e-6))
            {
                throw new ArgumentOutOfRangeException(nameof(tokens), token.Logprob, "A log-probability is at most 0.");
            }
        }

        Tokens = tokens;
    }

    /// <summary>Gets one entry a token or label, in the order of generation.</summary>
    public IReadOnlyList<TokenLogprob> Tokens { get; }

    /// <summary>Reads the record among additional properties.</summary>
    /// <param name="properties">The properties; the record may stand among them as an object or as JSON.</param>
    /// <returns>The record, or <see langword="null"/> where there is none or it is malformed.</returns>
    public static LogprobRecord? From(IReadOnlyDictionary<string, object?>? properties) => Slot.Read(properties);
}
