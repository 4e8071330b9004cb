namespace HeteroAgent;

internal sealed class DelegatePolicy(Func<EscalationContext, EscalationDecision> decide) : EscalationPolicy
{
    public override ValueTask<EscalationDecision> EvaluateAsync(EscalationContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(decide(context));
    }
}
