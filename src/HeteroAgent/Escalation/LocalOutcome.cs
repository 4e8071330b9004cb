using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>How the local call ended: with an answer that is kept, or with the decision to escalate.</summary>
internal sealed record LocalOutcome(ChatResponse? Kept, EscalationContext Context, EscalationCharge? Charge)
{
    /// <summary>Gets what was already shown of the local answer; <see langword="null"/> where the whole answer was held back.</summary>
    public VerifiedPrefix? Prefix { get; init; }

    public static LocalOutcome Keep(EscalationContext context, string? withheld, string? model)
    {
        ChatResponse draft = context.Response!;
        ChatResponse response = ResponseStamp.Copy(draft, model);
        response.Usage = RouteUsage.Copy(draft.Usage);
        RouteUsage.CountLocal(response.Usage, draft.Usage, discarded: false);
        ResponseStamp.Write(response, ResponseStamp.Kept(draft, withheld));
        return new(response, context, null);
    }
}
