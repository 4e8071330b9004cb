namespace HeteroAgent;

internal sealed class CombinedPolicy : EscalationPolicy
{
    private readonly EscalationPolicy _left;
    private readonly EscalationPolicy _right;
    private readonly bool _both;

    public CombinedPolicy(EscalationPolicy left, EscalationPolicy right, bool both)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        _left = left;
        _right = right;
        _both = both;
    }

    public override async ValueTask<EscalationDecision> EvaluateAsync(EscalationContext context, CancellationToken cancellationToken = default)
    {
        EscalationDecision left = await _left.EvaluateAsync(context, cancellationToken).ConfigureAwait(false);
        if (left.Escalate != _both)
        {
            return left;
        }

        EscalationDecision right = await _right.EvaluateAsync(context, cancellationToken).ConfigureAwait(false);
        return !_both || !right.Escalate
            ? right
            : new(true, Join(left.Reason, right.Reason, "+"), Join(left.Detail, right.Detail, "; "));
    }

    private static string? Join(string? a, string? b, string separator) => a is null ? b : b is null ? a : a + separator + b;
}
