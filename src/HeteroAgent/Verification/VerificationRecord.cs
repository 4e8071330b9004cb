using System.Text.Json.Serialization;

namespace HeteroAgent;

/// <summary>That a verifier was asked about an answer, and what it found. Immutable.</summary>
public sealed record VerificationRecord
{
    internal static readonly ResponseRecord<VerificationRecord> Slot = new("heteroagent.verification", static () => HeteroAgentJsonContext.Default.VerificationRecord);

    /// <summary>Creates a record.</summary>
    /// <param name="isAbstained">Whether the verifier would not judge.</param>
    /// <param name="result">What it found; <see langword="null"/> where there was no reasoning to score.</param>
    /// <exception cref="ArgumentException">There is no result, though the verifier judged, or the result tells otherwise about the abstention.</exception>
    [JsonConstructor]
    public VerificationRecord(bool isAbstained, VerificationResult? result = null)
    {
        if (isAbstained != (result?.IsAbstained ?? true))
        {
            throw new ArgumentException("Without a result a verifier has abstained; with one, the result says whether it did.", nameof(isAbstained));
        }

        IsAbstained = isAbstained;
        Result = result;
    }

    internal VerificationRecord(VerificationResult? result)
        : this(result?.IsAbstained ?? true, result)
    {
    }

    /// <summary>Gets whether the verifier would not judge: it does not know this kind of trace, or the answer only calls tools and so has no reasoning to score.</summary>
    public bool IsAbstained { get; }

    /// <summary>Gets what the verifier found; <see langword="null"/> where there was no reasoning to score. On an update of a stream that releases step by step: what it found of the steps shown so far.</summary>
    public VerificationResult? Result { get; }

    /// <summary>Reads the record among additional properties, such as those of an update or a message, or the metadata that Semantic Kernel makes of them.</summary>
    /// <param name="properties">The properties; the record may stand among them as an object or as JSON.</param>
    /// <returns>The record, or <see langword="null"/> where there is none or it is malformed.</returns>
    public static VerificationRecord? From(IReadOnlyDictionary<string, object?>? properties) => Slot.Read(properties);
}
