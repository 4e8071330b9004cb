using System.Globalization;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Decides on what a process verifier found.</summary>
internal sealed class VerificationPolicy(string reason, bool escalateAbstained, Func<VerificationResult, bool> rejects, string threshold = "") : EscalationPolicy
{
    public override ValueTask<EscalationDecision> EvaluateAsync(EscalationContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(context.Response is { } response ? Decide(response) : EscalationDecision.Keep);
    }

    private EscalationDecision Decide(ChatResponse response)
    {
        if (response.IsVerificationAbstained())
        {
            return escalateAbstained ? EscalationDecision.Because("verification_abstained", "The verifier does not judge this kind of answer.") : EscalationDecision.Keep;
        }

        return response.GetVerification() is not { } result ? EscalationDecision.Because("verification_unknown", "The local answer carries no verification.")
            : rejects(result) ? EscalationDecision.Because(reason, Detail(result))
            : EscalationDecision.Keep;
    }

    private string Detail(VerificationResult result) =>
        result.IntegrityScore.ToString("0.####", CultureInfo.InvariantCulture) + threshold + (result.Reasons.Count == 0 ? "" : "; " + result.Reasons[0].Text);
}
