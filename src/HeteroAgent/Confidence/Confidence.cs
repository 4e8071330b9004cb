using System.Text.Json.Serialization;

namespace HeteroAgent;

/// <summary>How sure a model was of an answer, measured on the distribution before any sampling or grammar mask.</summary>
/// <remarks>Immutable and safe to share between threads. Log-probabilities are natural logarithms, at most 0.</remarks>
[JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record Confidence
{
    internal static readonly ResponseRecord<Confidence> Slot = new("heteroagent.confidence", static () => HeteroAgentJsonContext.Default.Confidence);

    /// <summary>Creates a confidence from log-probabilities.</summary>
    /// <param name="meanLogprob">The mean token log-probability, at most 0.</param>
    /// <param name="minLogprob">The lowest token log-probability, at most 0.</param>
    /// <param name="tokenCount">The number of tokens or labels that were averaged.</param>
    /// <param name="probability">The probability of the whole answer among its alternatives, in [0, 1], where the model gave one.</param>
    /// <exception cref="ArgumentOutOfRangeException">A log-probability is positive or not a number, the count is negative, or the probability is outside [0, 1].</exception>
    [JsonConstructor]
    public Confidence(double meanLogprob, double minLogprob, int tokenCount, double? probability = null)
    {
        if (double.IsNaN(meanLogprob) || meanLogprob > 1e-6)
        {
            throw new ArgumentOutOfRangeException(nameof(meanLogprob), meanLogprob, "A mean log-probability is at most 0.");
        }

        if (double.IsNaN(minLogprob) || minLogprob > 1e-6)
        {
            throw new ArgumentOutOfRangeException(nameof(minLogprob), minLogprob, "A lowest log-probability is at most 0.");
        }

        if (probability is { } p && (double.IsNaN(p) || p < 0 || p > 1 + 1e-6))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability lies between 0 and 1.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(tokenCount);
        MeanLogprob = Math.Min(meanLogprob, 0);
        MinLogprob = Math.Min(minLogprob, 0);
        TokenCount = tokenCount;
        Probability = probability is { } q ? Math.Min(q, 1) : null;
    }

    /// <summary>Gets the mean token log-probability, at most 0.</summary>
    public double MeanLogprob { get; }

    /// <summary>Gets the lowest token log-probability, at most 0.</summary>
    public double MinLogprob { get; }

    /// <summary>Gets the number of tokens or labels behind the figures.</summary>
    public int TokenCount { get; }

    /// <summary>Gets the probability of the whole answer among its alternatives, in [0, 1], or <see langword="null"/> where the model has no closed set to compare with.</summary>
    public double? Probability { get; }

    /// <summary>Gets the probability of each choice, in [0, 1], where the answer was one of a closed set.</summary>
    /// <value>Default <see langword="null"/>: it was not.</value>
    /// <exception cref="ArgumentOutOfRangeException">A probability is outside [0, 1].</exception>
    public IReadOnlyDictionary<string, double>? Choices
    {
        get;
        init
        {
            foreach ((string choice, double probability) in value ?? new Dictionary<string, double>())
            {
                if (!(probability is >= 0 and <= 1 + 1e-6))
                {
                    throw new ArgumentOutOfRangeException(nameof(value), probability, $"The probability of '{choice}' must lie between 0 and 1.");
                }
            }

            field = value;
        }
    }

    /// <summary>Gets one number in [0, 1]: <see cref="Probability"/> where it is known, otherwise the geometric mean of the token probabilities.</summary>
    public double Score => Probability ?? Math.Exp(MeanLogprob);

    /// <summary>Reads the confidence among additional properties, such as those of an update or a message, or the metadata that Semantic Kernel makes of them.</summary>
    /// <param name="properties">The properties; the confidence may stand among them as an object or as JSON.</param>
    /// <returns>The confidence, or <see langword="null"/> where there is none or it is malformed.</returns>
    public static Confidence? From(IReadOnlyDictionary<string, object?>? properties) => Slot.Read(properties);
}
