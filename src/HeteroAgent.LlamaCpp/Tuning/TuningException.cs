namespace HeteroAgent.LlamaCpp;

/// <summary>Training cannot begin or go on. The message says why, and what would be accepted.</summary>
public sealed class TuningException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="failure">What kind of failure it is.</param>
    /// <param name="message">What went wrong, with names and values.</param>
    /// <param name="innerException">The cause, if another exception is.</param>
    public TuningException(TuningFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>Gets what kind of failure it is.</summary>
    public TuningFailure Failure { get; }
}
