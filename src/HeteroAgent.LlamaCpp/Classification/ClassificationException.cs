namespace HeteroAgent.LlamaCpp;

/// <summary>A classifier cannot answer a call as the caller wants it. Nothing is invented instead, so that escalation (<c>EscalateWhen.Faulted</c>) can take over.</summary>
public sealed class ClassificationException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="message">The message.</param>
    public ClassificationException(ClassificationFailure failure, string message)
        : base(message) => Failure = failure;

    /// <summary>Gets why the call cannot be answered.</summary>
    public ClassificationFailure Failure { get; }
}
