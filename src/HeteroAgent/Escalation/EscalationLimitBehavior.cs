namespace HeteroAgent;

/// <summary>What happens to a call that should be escalated when a limit has been reached.</summary>
public enum EscalationLimitBehavior
{
    /// <summary>The local answer is kept and marked with <see cref="EscalationRecord.Withheld"/>. A local call that failed has no answer to keep, so it throws <see cref="EscalationLimitException"/>.</summary>
    KeepLocalAnswer,

    /// <summary><see cref="EscalationLimitException"/> is thrown.</summary>
    Throw,
}
