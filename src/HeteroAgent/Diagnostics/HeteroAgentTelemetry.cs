namespace HeteroAgent;

/// <summary>The names under which this library reports to OpenTelemetry.</summary>
/// <remarks>
/// Spans, all of kind Internal: <see cref="LocalActivityName"/> around the local model's call and <see cref="FrontierActivityName"/> around the frontier model's, with the tags
/// <see cref="ResponsePropertyNames.Route"/>, <c>gen_ai.request.model</c>, <c>gen_ai.response.model</c>, <see cref="ResponsePropertyNames.Confidence"/> (local) and <see cref="ResponsePropertyNames.EscalationReason"/> (frontier);
/// a subtask opens a span <c>subtask {name}</c>. The span around both carries the outcome: the tags <see cref="ResponsePropertyNames.Route"/>, <see cref="ResponsePropertyNames.EscalationReason"/>,
/// <see cref="ResponsePropertyNames.EscalationWithheld"/> and <see cref="ResponsePropertyNames.Confidence"/>.
/// Counters: <c>heteroagent.answers</c> (tag <c>heteroagent.route</c>), <c>heteroagent.escalations</c> and <c>heteroagent.escalations.withheld</c> (tag <c>heteroagent.escalation.reason</c>),
/// and, from a <see cref="LedgerChatClient"/>, <c>heteroagent.cost</c> and <c>heteroagent.saving</c> (US dollars; tag <c>heteroagent.route</c>).
/// Histograms: <c>heteroagent.confidence</c> (of local answers, in [0, 1]; tag <c>gen_ai.request.model</c>) and <c>heteroagent.verification.duration</c> (seconds; tag <c>gen_ai.evaluation.score.label</c>: <c>sound</c>, <c>flawed</c> or <c>abstained</c>).
/// A verification adds the event <c>gen_ai.evaluation.result</c> and the tags <see cref="ResponsePropertyNames.VerificationScore"/> and <see cref="ResponsePropertyNames.VerificationFirstError"/> to the current span.
/// </remarks>
public static class HeteroAgentTelemetry
{
    /// <summary>The name of the activity source: <c>Experimental.HeteroAgent</c>.</summary>
    public const string ActivitySourceName = "Experimental.HeteroAgent";

    /// <summary>The name of the meter: <c>Experimental.HeteroAgent</c>.</summary>
    public const string MeterName = "Experimental.HeteroAgent";

    /// <summary>The name of the span around the local model's call: <c>escalation.local</c>.</summary>
    public const string LocalActivityName = "escalation.local";

    /// <summary>The name of the span around the frontier model's call: <c>escalation.frontier</c>.</summary>
    public const string FrontierActivityName = "escalation.frontier";
}
