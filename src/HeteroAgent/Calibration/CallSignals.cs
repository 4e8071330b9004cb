using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>The signals about one local answer from which its probability of being correct is estimated, and how they are read from a response.</summary>
/// <remarks>A signal that nobody recorded, or of which the verifier abstained, is absent, never 0. Own signals may be added under any other name.</remarks>
public static class CallSignals
{
    /// <summary><c>mean_logprob</c>: the mean token log-probability, at most 0.</summary>
    public const string MeanLogprob = "mean_logprob";

    /// <summary><c>min_logprob</c>: the lowest token log-probability, at most 0.</summary>
    public const string MinLogprob = "min_logprob";

    /// <summary><c>probability</c>: the probability of the whole answer among a closed set, in [0, 1].</summary>
    public const string Probability = "probability";

    /// <summary><c>log_tokens</c>: ln(1 + the number of generated tokens or labels).</summary>
    public const string LogTokens = "log_tokens";

    /// <summary><c>verification_score</c>: the Reasoning Integrity Score, in [0, 1].</summary>
    public const string VerificationScore = "verification_score";

    /// <summary><c>verification_min_step</c>: the lowest step score, in [0, 1].</summary>
    public const string VerificationMinStep = "verification_min_step";

    /// <summary><c>verification_error</c>: 1 where the verifier found a wrong step, 0 where it found none.</summary>
    public const string VerificationError = "verification_error";

    /// <summary><c>grounding</c>: how far the answer's claims are supported by the retrieved passages, in [0, 1].</summary>
    public const string Grounding = "grounding";

    /// <summary><c>schema_valid</c>: 1 where the answer satisfies the schema or tool that was asked for, 0 where it does not; absent where neither was asked for.</summary>
    public const string SchemaValid = "schema_valid";

    /// <summary><c>truncated</c>: 1 where the token limit cut the answer off, 0 where it ended by itself.</summary>
    public const string Truncated = "truncated";

    private static readonly SchemaInvalidPolicy Schema = new();

    /// <summary>Reads the signals that a response carries. Whether it satisfies a schema cannot be told without the request: use the other overload for that.</summary>
    /// <param name="response">The local answer.</param>
    /// <returns>The signals by name.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static IReadOnlyDictionary<string, double> Read(ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        Dictionary<string, double> signals = [];
        if (response.GetConfidence() is { } confidence)
        {
            Add(signals, MeanLogprob, confidence.MeanLogprob);
            Add(signals, MinLogprob, confidence.MinLogprob);
            Add(signals, Probability, confidence.Probability);
            Add(signals, LogTokens, Math.Log(1 + confidence.TokenCount));
        }

        if (response.GetVerification() is { IsAbstained: false } verification)
        {
            Add(signals, VerificationScore, verification.IntegrityScore);
            Add(signals, VerificationMinStep, verification.Steps.Min(static s => s.Score));
            Add(signals, VerificationError, verification.FirstError >= 0 ? 1 : 0);
        }

        Add(signals, Grounding, response.GetGrounding());
        Add(signals, Truncated, response.FinishReason is { } reason ? (reason == ChatFinishReason.Length ? 1 : 0) : null);
        return signals;
    }

    /// <summary>Reads the signals that a call carries.</summary>
    /// <param name="context">The call; it must have answered.</param>
    /// <returns>The signals by name.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The call failed, so there is no answer to describe.</exception>
    /// <exception cref="JsonSchemaException">The schema that was asked for has a keyword that is not known.</exception>
    public static IReadOnlyDictionary<string, double> Read(EscalationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ChatResponse response = context.Response ?? throw new ArgumentException("The call failed; signals describe an answer.", nameof(context));
        Dictionary<string, double> signals = new(Read(response));
        if (context.Options is { } options && (options.ResponseFormat is ChatResponseFormatJson || options.Tools is { Count: > 0 }))
        {
            signals[SchemaValid] = Schema.Problem(context, response) is null ? 1 : 0;
        }

        return signals;
    }

    private static void Add(Dictionary<string, double> signals, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            signals[name] = number;
        }
    }
}
