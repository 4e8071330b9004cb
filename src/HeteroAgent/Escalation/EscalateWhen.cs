using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>The ready-made escalation policies. All are stateless and safe for concurrent use.</summary>
public static class EscalateWhen
{
    /// <summary>Gets a policy that never escalates; reason: none.</summary>
    public static EscalationPolicy Never { get; } = new DelegatePolicy(static _ => EscalationDecision.Keep);

    /// <summary>Gets a policy that escalates every call that the local client answered or failed; reason <c>always</c>.</summary>
    public static EscalationPolicy Always { get; } = new DelegatePolicy(static _ => EscalationDecision.Because("always"));

    /// <summary>Gets a policy that escalates an answer that was cut off by the token limit; reason <c>truncated</c>.</summary>
    public static EscalationPolicy Truncated { get; } = new DelegatePolicy(static context =>
        context.Response?.FinishReason == ChatFinishReason.Length ? EscalationDecision.Because("truncated") : EscalationDecision.Keep);

    /// <summary>
    /// Gets a policy that claims a failure of the local client; reason <c>faulted</c>.
    /// It leaves an <see cref="ArgumentException"/> to the caller, whose mistake it reports, and the caller's own cancellation never reaches a policy.
    /// </summary>
    public static EscalationPolicy Faulted { get; } = new DelegatePolicy(static context =>
        context.Exception is { } e and not ArgumentException ? EscalationDecision.Because("faulted", e.GetType().Name + ": " + e.Message) : EscalationDecision.Keep);

    /// <summary>Gets a policy that claims a <see cref="ContextOverflowException"/>: the prompt does not fit the local model; reason <c>context_overflow</c>.</summary>
    public static EscalationPolicy ContextOverflow { get; } = new DelegatePolicy(static context =>
        context.Exception is ContextOverflowException e ? EscalationDecision.Because("context_overflow", e.Message) : EscalationDecision.Keep);

    /// <summary>Gets a policy that claims a <see cref="ModelBusyException"/>: the local model's queue is full, or did not move in time; reason <c>busy</c>.</summary>
    public static EscalationPolicy Busy { get; } = new DelegatePolicy(static context =>
        context.Exception is ModelBusyException e ? EscalationDecision.Because("busy", e.Message) : EscalationDecision.Keep);

    /// <summary>
    /// Gets a policy that escalates an answer that breaks what the caller asked for; reason <c>schema_invalid</c>: text that is not JSON or does not satisfy
    /// the schema of <see cref="ChatOptions.ResponseFormat"/>, a call of a tool that was not offered, arguments that do not satisfy the tool's schema, or no call where the tool mode requires one.
    /// </summary>
    /// <remarks>A schema with a keyword that <see cref="JsonSchemaValidator"/> does not know throws <see cref="JsonSchemaException"/>: an answer that cannot be checked is not passed as checked.</remarks>
    public static EscalationPolicy SchemaInvalid { get; } = new SchemaInvalidPolicy();

    /// <summary>Creates a policy that escalates an answer whose <see cref="Confidence.Score"/> is below a threshold; reason <c>confidence_below</c>.</summary>
    /// <param name="score">The threshold in [0, 1]; a score equal to it is kept.</param>
    /// <returns>The policy. An answer without a recorded confidence is escalated too, with reason <c>confidence_unknown</c>: what is not known is not trusted.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="score"/> is not in [0, 1].</exception>
    public static EscalationPolicy ConfidenceBelow(double score)
    {
        if (!(score is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(score), score, "A confidence threshold lies between 0 and 1.");
        }

        return new DelegatePolicy(context => context.Response is not { } response ? EscalationDecision.Keep
            : response.GetConfidence() is not { } confidence ? EscalationDecision.Because("confidence_unknown", "The local answer carries no confidence.")
            : confidence.Score < score ? EscalationDecision.Because("confidence_below", FormattableString.Invariant($"{confidence.Score:0.####} < {score:0.####}"))
            : EscalationDecision.Keep);
    }

    /// <summary>
    /// Creates a policy that keeps P(kept and wrong) at most <paramref name="alpha"/>: of all calls, the share whose local answer is used and is wrong. It escalates answers whose calibrated
    /// P(correct) is below the threshold of <see cref="RiskCalibration.GetThreshold"/>; reason <c>risk_above</c>.
    /// </summary>
    /// <param name="alpha">The bound, in (0, 1). It holds in expectation over calibrations, by conformal risk control (arXiv 2208.02814).</param>
    /// <param name="calibration">The calibration, fitted on labelled calls of this task, model and prompt.</param>
    /// <returns>The policy. An answer of another model than the calibrated one is escalated with reason <c>calibration_mismatch</c>, one that lacks a signal that every labelled call had with reason <c>signal_missing</c>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="calibration"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is not in (0, 1).</exception>
    /// <exception cref="InsufficientLabelsException">There are too few calibrating labels to promise this; the exception holds how many are needed.</exception>
    public static EscalationPolicy RiskAbove(double alpha, RiskCalibration calibration)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        return new RiskPolicy(calibration, calibration.GetThreshold(alpha));
    }

    /// <summary>
    /// Creates a policy that keeps P(wrong | kept) at most <paramref name="alpha"/>: of the calls whose local answer is used, the share that is wrong. Stricter than <see cref="RiskAbove"/>;
    /// it escalates answers whose calibrated P(correct) is below the threshold of <see cref="RiskCalibration.GetErrorRateThreshold"/>; reason <c>risk_above</c>.
    /// </summary>
    /// <param name="alpha">The bound, in (0, 1).</param>
    /// <param name="delta">How often, over calibrations, the bound may fail, in (0, 1): fixed-sequence testing with exact binomial p-values (Learn then Test, arXiv 2110.01052).</param>
    /// <param name="calibration">The calibration, fitted on labelled calls of this task, model and prompt.</param>
    /// <returns>The policy. Where not even the surest calls keep the bound it escalates every answer. Other models and missing signals are treated as by <see cref="RiskAbove"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="calibration"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> or <paramref name="delta"/> is not in (0, 1).</exception>
    /// <exception cref="InsufficientLabelsException">There are too few calibrating labels to promise this; the exception holds how many are needed.</exception>
    public static EscalationPolicy ErrorRateAbove(double alpha, double delta, RiskCalibration calibration)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        return new RiskPolicy(calibration, calibration.GetErrorRateThreshold(alpha, delta));
    }

    /// <summary>Gets a policy that escalates an answer whose reasoning is flawed (<see cref="VerificationResult.IsFlawed"/>); reason <c>flawed</c>.</summary>
    /// <remarks>An answer that no verifier has seen is escalated with reason <c>verification_unknown</c>; one that the verifier would not judge is kept, as with <see cref="ScoreBelow"/>.</remarks>
    public static EscalationPolicy Flawed { get; } = new VerificationPolicy("flawed", escalateAbstained: false, static result => result.IsFlawed);

    /// <summary>Gets a policy that escalates an answer in which the verifier found a wrong step (<see cref="VerificationResult.FirstError"/>), however good the mean of the scores is; reason <c>error_found</c>.</summary>
    /// <remarks>What is unknown or not judged is treated as with <see cref="Flawed"/>. One wrong step among many hardly moves a mean, so this is the stricter one on long answers.</remarks>
    public static EscalationPolicy ErrorFound { get; } = new VerificationPolicy("error_found", escalateAbstained: false, static result => result.FirstError >= 0);

    /// <summary>Creates a policy that escalates an answer whose Reasoning Integrity Score is below a threshold; reason <c>score_below</c>. The detail holds the figures and the verifier's first reason.</summary>
    /// <param name="score">The threshold in [0, 1]; a score equal to it is kept.</param>
    /// <param name="escalateAbstained">
    /// Whether an answer that the verifier would not judge is escalated too, with reason <c>verification_abstained</c>. Default <see langword="false"/>: an abstention says nothing against
    /// the answer, stands on it as <see cref="VerificationRecord.IsAbstained"/>, and other policies decide. <see langword="true"/> fails closed.
    /// </param>
    /// <returns>The policy. An answer that no verifier has seen is escalated, with reason <c>verification_unknown</c>: what is not known is not trusted.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="score"/> is not in [0, 1].</exception>
    public static EscalationPolicy ScoreBelow(double score, bool escalateAbstained = false)
    {
        if (!(score is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(score), score, "A score threshold lies between 0 and 1.");
        }

        return new VerificationPolicy("score_below", escalateAbstained, result => result.IntegrityScore < score, FormattableString.Invariant($" < {score:0.####}"));
    }

    /// <summary>Creates a policy that escalates an answer that the retrieved passages support less than a threshold; reason <c>grounding_below</c>. The detail is the first unsupported claim.</summary>
    /// <param name="score">The threshold in [0, 1]; a score equal to it is kept.</param>
    /// <returns>The policy. An answer without a recorded score is escalated too, with reason <c>grounding_unknown</c>; one that calls a tool is kept.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="score"/> is not in [0, 1].</exception>
    public static EscalationPolicy GroundingBelow(double score)
    {
        if (!(score is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(score), score, "A grounding threshold lies between 0 and 1.");
        }

        return new DelegatePolicy(context => context.Response is not { } response || response.FinishReason == ChatFinishReason.ToolCalls ? EscalationDecision.Keep
            : response.GetGrounding() is not { } grounding ? EscalationDecision.Because("grounding_unknown", "The local answer carries no grounding score.")
            : grounding < score ? EscalationDecision.Because("grounding_below", FormattableString.Invariant($"{grounding:0.####} < {score:0.####}") + (response.GetUnsupportedClaims() is [{ } first, ..] ? "; " + first : ""))
            : EscalationDecision.Keep);
    }

    /// <summary>Creates a policy from a predicate.</summary>
    /// <param name="predicate">Whether to escalate. It is shown failed calls too; it must be safe for concurrent use.</param>
    /// <param name="reason">The short stable code of the reason.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="reason"/> is empty.</exception>
    public static EscalationPolicy Matches(Func<EscalationContext, bool> predicate, string reason = "matches")
    {
        ArgumentNullException.ThrowIfNull(predicate);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new DelegatePolicy(context => predicate(context) ? EscalationDecision.Because(reason) : EscalationDecision.Keep);
    }
}
