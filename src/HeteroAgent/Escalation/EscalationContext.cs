using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>One call to the local model and how it ended: what an <see cref="EscalationPolicy"/> decides on.</summary>
/// <remarks>Exactly one of <see cref="Response"/> and <see cref="Exception"/> is set. A policy must not change what it is shown.</remarks>
public sealed record EscalationContext
{
    /// <summary>Creates the context of a call that answered.</summary>
    /// <param name="messages">The messages that were sent.</param>
    /// <param name="options">The options that were sent.</param>
    /// <param name="response">The local answer.</param>
    /// <exception cref="ArgumentNullException">The messages or the response are <see langword="null"/>.</exception>
    public EscalationContext(IReadOnlyList<ChatMessage> messages, ChatOptions? options, ChatResponse response)
        : this(messages, options)
    {
        ArgumentNullException.ThrowIfNull(response);
        Response = response;
    }

    /// <summary>Creates the context of a call that failed.</summary>
    /// <param name="messages">The messages that were sent.</param>
    /// <param name="options">The options that were sent.</param>
    /// <param name="exception">What the local client threw.</param>
    /// <exception cref="ArgumentNullException">The messages or the exception are <see langword="null"/>.</exception>
    public EscalationContext(IReadOnlyList<ChatMessage> messages, ChatOptions? options, Exception exception)
        : this(messages, options)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Exception = exception;
    }

    private EscalationContext(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        Messages = messages;
        Options = options;
    }

    /// <summary>Gets the messages that were sent.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; }

    /// <summary>Gets the options that were sent.</summary>
    public ChatOptions? Options { get; }

    /// <summary>Gets the local answer, or <see langword="null"/> where the local client threw.</summary>
    public ChatResponse? Response { get; }

    /// <summary>Gets what the local client threw, or <see langword="null"/> where it answered.</summary>
    public Exception? Exception { get; }

    /// <summary>Gets what was decided; set when <c>OnEscalated</c> is called, and <see cref="EscalationDecision.Keep"/> while a policy evaluates.</summary>
    public EscalationDecision Decision { get; init; }
}
