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

    /// <summary><c>heteroagent.escalation.prefix_steps</c>: an <see cref="int"/>, how many steps of the local answer were shown before the frontier model went on with it; present where a <see cref="StepwiseEscalatingChatClient"/> handed over.</summary>
    public const string EscalationPrefixSteps = "heteroagent.escalation.prefix_steps";

    /// <summary><c>heteroagent.escalation.prefix_length</c>: an <see cref="int"/>, how many UTF-16 code units of the answer's text are the local model's.</summary>
    public const string EscalationPrefixLength = "heteroagent.escalation.prefix_length";

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

    /// <summary><c>heteroagent.verification.score</c>: the Reasoning Integrity Score, a <see cref="double"/> in [0, 1]; absent where there was nothing to score.</summary>
    public const string VerificationScore = "heteroagent.verification.score";

    /// <summary><c>heteroagent.verification.first_error</c>: an <see cref="int"/>, the index of the first wrong step, from 0, or -1 where none was found.</summary>
    public const string VerificationFirstError = "heteroagent.verification.first_error";

    /// <summary><c>heteroagent.verification.flawed</c>: a <see cref="bool"/>, whether the score is below <see cref="VerificationResult.FlawedBelow"/>.</summary>
    public const string VerificationFlawed = "heteroagent.verification.flawed";

    /// <summary><c>heteroagent.verification.steps</c>: an <c>IReadOnlyList&lt;double&gt;</c>, the score of each step in [0, 1]. On an update of a stream that releases step by step: the scores of the steps shown so far.</summary>
    public const string VerificationSteps = "heteroagent.verification.steps";

    /// <summary><c>heteroagent.verification.reasons</c>: an <c>IReadOnlyList&lt;string&gt;</c>, why steps were scored down.</summary>
    public const string VerificationReasons = "heteroagent.verification.reasons";

    /// <summary><c>heteroagent.verification.reason_steps</c>: an <c>IReadOnlyList&lt;int&gt;</c>, the index of the step, from 0, that each of <see cref="VerificationReasons"/> is about.</summary>
    public const string VerificationReasonSteps = "heteroagent.verification.reason_steps";

    /// <summary><c>heteroagent.verification.abstained</c>: a <see cref="bool"/>, present and true where the verifier does not know this kind of trace, or where the answer only calls tools and so has no reasoning to score.</summary>
    public const string VerificationAbstained = "heteroagent.verification.abstained";

    /// <summary><c>heteroagent.verification.domain</c>: a <see cref="string"/>, the kind of trace whose calibration was used; absent where the verifier has only one.</summary>
    public const string VerificationDomain = "heteroagent.verification.domain";

    /// <summary><c>heteroagent.passages</c>: the passages that the model was shown, an <c>IReadOnlyList&lt;RetrievedPassage&gt;</c>; in a trace their number.</summary>
    public const string Passages = "heteroagent.passages";

    /// <summary><c>heteroagent.citations</c>: the passages that the answer points to, an <c>IReadOnlyList&lt;Citation&gt;</c>.</summary>
    public const string Citations = "heteroagent.citations";

    /// <summary><c>heteroagent.grounding</c>: how far the passages support the answer, a <see cref="double"/> in [0, 1].</summary>
    public const string Grounding = "heteroagent.grounding";

    /// <summary><c>heteroagent.grounding.unsupported</c>: the claims that no passage supports, each with the reason, an <c>IReadOnlyList&lt;string&gt;</c>.</summary>
    public const string UnsupportedClaims = "heteroagent.grounding.unsupported";
}
