namespace HeteroAgent.OpenAI;

/// <summary>A server did not answer as the chat completions protocol prescribes. An HTTP error status is a <see cref="System.ClientModel.ClientResultException"/> instead.</summary>
public sealed class OpenAICompatibleException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="fault">What went wrong.</param>
    /// <param name="message">The same in words, with what to do.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public OpenAICompatibleException(OpenAICompatibleFault fault, string message, Exception? innerException = null)
        : base(message, innerException) => Fault = fault;

    /// <summary>Gets what went wrong.</summary>
    public OpenAICompatibleFault Fault { get; }
}
