namespace HeteroAgent;

/// <summary>The names under which this library reports to OpenTelemetry.</summary>
/// <remarks>
/// The decorators open no span of their own: they put the tags <see cref="ResponsePropertyNames.Route"/>, <see cref="ResponsePropertyNames.EscalationReason"/>,
/// <see cref="ResponsePropertyNames.EscalationWithheld"/> and <see cref="ResponsePropertyNames.Confidence"/> on the current one. A subtask opens a span <c>subtask {name}</c>.
/// Counters: <c>heteroagent.answers</c> (tag <c>heteroagent.route</c>), <c>heteroagent.escalations</c> and <c>heteroagent.escalations.withheld</c> (tag <c>heteroagent.escalation.reason</c>).
/// A verification adds the event <c>gen_ai.evaluation.result</c> and the tags <see cref="ResponsePropertyNames.VerificationScore"/> and <see cref="ResponsePropertyNames.VerificationFirstError"/> to the current span,
/// and its time to the histogram <c>heteroagent.verification.duration</c> (seconds; tag <c>gen_ai.evaluation.score.label</c>: <c>sound</c>, <c>flawed</c> or <c>abstained</c>).
/// </remarks>
public static class HeteroAgentTelemetry
{
    /// <summary>The name of the activity source: <c>Experimental.HeteroAgent</c>.</summary>
    public const string ActivitySourceName = "Experimental.HeteroAgent";

    /// <summary>The name of the meter: <c>Experimental.HeteroAgent</c>.</summary>
    public const string MeterName = "Experimental.HeteroAgent";
}
