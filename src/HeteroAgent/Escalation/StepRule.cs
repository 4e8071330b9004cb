using System.Globalization;

namespace HeteroAgent;

/// <summary>Decides whether the newest step of an answer may be shown.</summary>
internal readonly record struct StepRule(double MinStepScore, bool RejectErrors, bool EscalateAbstained)
{
    public EscalationDecision Decide(VerificationResult result)
    {
        if (result.IsAbstained)
        {
            return EscalateAbstained ? EscalationDecision.Because("verification_abstained", "The verifier does not judge this kind of answer.") : EscalationDecision.Keep;
        }

        StepScore step = result.Steps[^1];
        string detail = string.Create(CultureInfo.InvariantCulture, $"step {result.Steps.Count} scored {step.Score:0.####}");
        if (RejectErrors && result.FirstError >= 0)
        {
            return EscalationDecision.Because("step_rejected", detail + Reason(result, result.FirstError));
        }

        return step.Score < MinStepScore
            ? EscalationDecision.Because("step_rejected", string.Create(CultureInfo.InvariantCulture, $"{detail} < {MinStepScore:0.####}") + Reason(result, result.Steps.Count - 1))
            : EscalationDecision.Keep;
    }

    private static string Reason(VerificationResult result, int step) =>
        result.Reasons.Count == 0 ? "" : "; " + (result.Reasons.FirstOrDefault(r => r.Step == step) ?? result.Reasons[0]).Text;
}
