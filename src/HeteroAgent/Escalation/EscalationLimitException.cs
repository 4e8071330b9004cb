namespace HeteroAgent;

/// <summary>A call should have been escalated, and a limit on escalation had been reached.</summary>
public sealed class EscalationLimitException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="limit">Which limit was reached, in words with its figure.</param>
    /// <param name="reason">Why the call should have been escalated.</param>
    /// <param name="innerException">The failure of the local call, where it failed.</param>
    public EscalationLimitException(string limit, string? reason, Exception? innerException = null)
        : base($"The call was to be escalated ({reason ?? "no reason given"}), but {limit}." + (innerException is null ? "" : " The local model failed, so there is no answer to keep."), innerException)
    {
        Limit = limit;
        Reason = reason;
    }

    /// <summary>Gets which limit was reached, in words with its figure.</summary>
    public string Limit { get; }

    /// <summary>Gets why the call should have been escalated.</summary>
    public string? Reason { get; }
}
