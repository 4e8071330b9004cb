namespace HeteroAgent;

/// <summary>What an <see cref="EscalationPolicy"/> decided about one local call.</summary>
/// <param name="Escalate">Whether the frontier model should answer instead.</param>
/// <param name="Reason">Why, as a short stable code such as <c>confidence_below</c>; it becomes a metric tag, so it must not hold text of the call. <see langword="null"/> when the local answer is kept.</param>
/// <param name="Detail">The figures behind the reason for a person to read; <see langword="null"/> where there are none.</param>
public readonly record struct EscalationDecision(bool Escalate, string? Reason = null, string? Detail = null)
{
    /// <summary>Gets the decision to keep the local answer.</summary>
    public static EscalationDecision Keep => default;

    /// <summary>Creates the decision to escalate.</summary>
    /// <param name="reason">The short stable code of the reason.</param>
    /// <param name="detail">The figures behind it.</param>
    /// <returns>A decision whose <see cref="Escalate"/> is <see langword="true"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="reason"/> is empty.</exception>
    public static EscalationDecision Because(string reason, string? detail = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new(true, reason, detail);
    }
}
