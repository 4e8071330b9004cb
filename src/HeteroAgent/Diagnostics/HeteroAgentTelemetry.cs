namespace HeteroAgent;

/// <summary>The names under which this library reports to OpenTelemetry.</summary>
/// <remarks>
/// Spans, all of kind Internal: <see cref="LocalActivityName"/> around the local model's call and <see cref="FrontierActivityName"/> around the frontier model's, with the tags
/// <see cref="RouteTag"/>, <c>gen_ai.request.model</c>, <c>gen_ai.response.model</c>, <see cref="ConfidenceTag"/> (local) and <see cref="EscalationReasonTag"/> (frontier);
/// a subtask opens a span <c>subtask {name}</c>. The span around both carries the outcome: the tags <see cref="RouteTag"/>, <see cref="EscalationReasonTag"/>,
/// <see cref="EscalationWithheldTag"/> and <see cref="ConfidenceTag"/>.
/// Counters: <c>heteroagent.answers</c> (tag <c>heteroagent.route</c>), <c>heteroagent.escalations</c> and <c>heteroagent.escalations.withheld</c> (tag <c>heteroagent.escalation.reason</c>),
/// and, from a <see cref="LedgerChatClient"/>, <c>heteroagent.cost</c> and <c>heteroagent.saving</c> (US dollars; tag <c>heteroagent.route</c>).
/// Histograms: <c>heteroagent.confidence</c> (of local answers, in [0, 1]; tag <c>gen_ai.request.model</c>) and <c>heteroagent.verification.duration</c> (seconds; tag <c>gen_ai.evaluation.score.label</c>: <c>sound</c>, <c>flawed</c> or <c>abstained</c>).
/// A verification adds the event <c>gen_ai.evaluation.result</c> and the tags <see cref="VerificationScoreTag"/> and <see cref="VerificationFirstErrorTag"/> to the current span.
/// </remarks>
public static class HeteroAgentTelemetry
{
    /// <summary>The name of the activity source: <c>Experimental.HeteroAgent</c>.</summary>
    public const string ActivitySourceName = "Experimental.HeteroAgent";

    /// <summary>The name of the meter: <c>Experimental.HeteroAgent</c>.</summary>
    public const string MeterName = "Experimental.HeteroAgent";

    /// <summary>The tag <c>heteroagent.route</c>: which model answered, <c>local</c> or <c>frontier</c>.</summary>
    public const string RouteTag = "heteroagent.route";

    /// <summary>The tag <c>heteroagent.escalation.reason</c>: why a call was escalated.</summary>
    public const string EscalationReasonTag = "heteroagent.escalation.reason";

    /// <summary>The tag <c>heteroagent.escalation.withheld</c>: why a call would have been escalated, had a limit not kept the local answer.</summary>
    public const string EscalationWithheldTag = "heteroagent.escalation.withheld";

    /// <summary>The tag <c>heteroagent.confidence</c>: the score of the local answer's <see cref="Confidence"/>, in [0, 1].</summary>
    public const string ConfidenceTag = "heteroagent.confidence";

    /// <summary>The tag <c>heteroagent.verification.score</c>: the Reasoning Integrity Score, in [0, 1].</summary>
    public const string VerificationScoreTag = "heteroagent.verification.score";

    /// <summary>The tag <c>heteroagent.verification.first_error</c>: the index of the first wrong step, from 0, or -1.</summary>
    public const string VerificationFirstErrorTag = "heteroagent.verification.first_error";

    /// <summary>The tag <c>heteroagent.passages</c>: how many passages the model was shown.</summary>
    public const string PassagesTag = "heteroagent.passages";

    /// <summary>The tag <c>heteroagent.grounding</c>: how far the passages support the answer, in [0, 1].</summary>
    public const string GroundingTag = "heteroagent.grounding";

    /// <summary>The name of the span around the local model's call: <c>escalation.local</c>.</summary>
    public const string LocalActivityName = "escalation.local";

    /// <summary>The name of the span around the frontier model's call: <c>escalation.frontier</c>.</summary>
    public const string FrontierActivityName = "escalation.frontier";
}
