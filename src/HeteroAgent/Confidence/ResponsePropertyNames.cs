namespace HeteroAgent;

/// <summary>The names under which this library writes to <c>AdditionalProperties</c> of a response and of its last message, and reads from those of the options.</summary>
public static class ResponsePropertyNames
{
    /// <summary><c>heteroagent.route</c>: which model answered, a <see cref="string"/>: <c>local</c> or <c>frontier</c>.</summary>
    public const string Route = "heteroagent.route";

    /// <summary><c>heteroagent.escalation.reason</c>: why the call was escalated, a <see cref="string"/>; absent when it was not.</summary>
    public const string EscalationReason = "heteroagent.escalation.reason";

    /// <summary><c>heteroagent.escalation.detail</c>: the figures behind the reason, a <see cref="string"/> for a person to read; absent where there are none.</summary>
    public const string EscalationDetail = "heteroagent.escalation.detail";

    /// <summary><c>heteroagent.escalation.withheld</c>: the reason, a <see cref="string"/>, for which the call would have been escalated had a limit not kept the local answer.</summary>
    public const string EscalationWithheld = "heteroagent.escalation.withheld";

    /// <summary><c>heteroagent.confidence</c>: <see cref="HeteroAgent.Confidence.Score"/> of the local answer, a <see cref="double"/> in [0, 1].</summary>
    public const string Confidence = "heteroagent.confidence";

    /// <summary><c>heteroagent.confidence.mean_logprob</c>: a <see cref="double"/>, at most 0.</summary>
    public const string MeanLogprob = "heteroagent.confidence.mean_logprob";

    /// <summary><c>heteroagent.confidence.min_logprob</c>: a <see cref="double"/>, at most 0.</summary>
    public const string MinLogprob = "heteroagent.confidence.min_logprob";

    /// <summary><c>heteroagent.confidence.tokens</c>: an <see cref="int"/>, the number of tokens or labels behind the figures.</summary>
    public const string TokenCount = "heteroagent.confidence.tokens";

    /// <summary><c>heteroagent.confidence.probability</c>: a <see cref="double"/> in [0, 1], where the answer was one of a closed set.</summary>
    public const string Probability = "heteroagent.confidence.probability";

    /// <summary>
    /// <c>heteroagent.logprobs</c>: in <c>ChatOptions.AdditionalProperties</c> a <see cref="bool"/> that asks for the log-probability of each token;
    /// in a response an <c>IReadOnlyList&lt;TokenLogprob&gt;</c>.
    /// </summary>
    public const string Logprobs = "heteroagent.logprobs";

    /// <summary><c>heteroagent.choices</c>: an <c>IReadOnlyDictionary&lt;string, double&gt;</c>, the probability of each choice, where the answer was one of a closed set.</summary>
    public const string Choices = "heteroagent.choices";

    /// <summary>
    /// <c>heteroagent.span_source</c>: in <c>ChatOptions.AdditionalProperties</c> the <see cref="string"/> in which every span-constrained value must occur;
    /// without it, the text of the last user message.
    /// </summary>
    public const string SpanSource = "heteroagent.span_source";

    /// <summary><c>heteroagent.passages</c>: the passages that the model was shown, an <c>IReadOnlyList&lt;RetrievedPassage&gt;</c>; in a trace their number.</summary>
    public const string Passages = "heteroagent.passages";

    /// <summary><c>heteroagent.citations</c>: the passages that the answer points to, an <c>IReadOnlyList&lt;Citation&gt;</c>.</summary>
    public const string Citations = "heteroagent.citations";

    /// <summary><c>heteroagent.grounding</c>: how far the passages support the answer, a <see cref="double"/> in [0, 1].</summary>
    public const string Grounding = "heteroagent.grounding";

    /// <summary><c>heteroagent.grounding.unsupported</c>: the claims that no passage supports, each with the reason, an <c>IReadOnlyList&lt;string&gt;</c>.</summary>
    public const string UnsupportedClaims = "heteroagent.grounding.unsupported";
}
