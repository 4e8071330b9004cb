namespace HeteroAgent.LlamaCpp;

/// <summary>An extractive model cannot answer a call as the caller wants it. Nothing is invented instead, so that escalation (<c>EscalateWhen.Faulted</c>) can take over.</summary>
public sealed class ExtractionException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="message">The message.</param>
    /// <param name="extraction">The call that was found, where there was one.</param>
    public ExtractionException(ExtractionFailure failure, string message, Extraction? extraction = null)
        : base(message)
    {
        Failure = failure;
        Extraction = extraction;
    }

    /// <summary>Gets why the call cannot be answered.</summary>
    public ExtractionFailure Failure { get; }

    /// <summary>Gets the call that was found, or <see langword="null"/> where the request was not read.</summary>
    public Extraction? Extraction { get; }
}
