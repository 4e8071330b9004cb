using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeteroAgent;

/// <summary>Asks a local client first and hands the call to a frontier client when a policy does not trust the answer: a cascade in FrugalGPT's sense.</summary>
/// <remarks>
/// <para>Thread-safe. The properties are meant to be set before the first call. Place it inside a tool loop, so that it decides about each turn before any tool runs.</para>
/// <para>The local answer that was replaced never appears in the response. The response and its last message carry the route and the reason (<see cref="EscalationRecord"/>) and the local answer's <see cref="Confidence"/>; usage is the sum over both calls, split under <see cref="UsageCountNames"/>.</para>
/// <para>A streaming call waits for the whole local answer before it shows anything, since the decision needs the whole answer; when it escalates, the frontier model's answer streams as it comes.</para>
/// <para>The frontier client receives a clone of the options without <see cref="ChatOptions.ModelId"/>, <see cref="ChatOptions.ContinuationToken"/> and this library's private schema keywords (<c>x-span</c> and other <c>x-</c> keywords), and messages without the reasoning tokens of other providers.</para>
/// </remarks>
public sealed class EscalatingChatClient : DelegatingChatClient
{
    private readonly IChatClient _frontier;
    private readonly EscalationPolicy _policy;
    private readonly bool _leaveOpen;
    private EscalationLimiter? _limiter;
    private ILogger _logger = NullLogger.Instance;
    private volatile bool _disposed;

    /// <summary>Creates the client.</summary>
    /// <param name="innerClient">The local client, asked first; disposed with this one.</param>
    /// <param name="frontierClient">The frontier client.</param>
    /// <param name="policy">Decides which calls are handed up.</param>
    /// <param name="leaveOpen">Whether the frontier client stays open when this client is disposed.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public EscalatingChatClient(IChatClient innerClient, IChatClient frontierClient, EscalationPolicy policy, bool leaveOpen = false)
        : base(innerClient)
    {
        ArgumentNullException.ThrowIfNull(frontierClient);
        ArgumentNullException.ThrowIfNull(policy);
        _frontier = frontierClient;
        _policy = policy;
        _leaveOpen = leaveOpen;
    }

    /// <summary>Gets or sets what is called after the decision to escalate and before the frontier model is asked. An exception from it ends the call.</summary>
    /// <value>Default <see langword="null"/>.</value>
    public Func<EscalationContext, CancellationToken, ValueTask>? OnEscalated { get; set; }

    /// <summary>Gets or sets how much escalation is allowed. Setting it starts the counts anew.</summary>
    /// <value>Default <see langword="null"/>: no limits.</value>
    public EscalationLimits? Limits
    {
        get => _limiter?.Limits;
        set => _limiter = value is null ? null : new(value);
    }

    /// <summary>Gets or sets where the client logs to; it writes no text of a call at Debug and above.</summary>
    /// <value>Default <see langword="null"/>: nowhere.</value>
    public ILoggerFactory? LoggerFactory
    {
        get;
        set
        {
            field = value;
            _logger = value?.CreateLogger<EscalatingChatClient>() ?? (ILogger)NullLogger.Instance;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="ProviderStateException"><paramref name="options"/> names a conversation that one provider keeps.</exception>
    /// <exception cref="EscalationLimitException">A limit stands against the escalation.</exception>
    /// <exception cref="UnpricedModelException">A limit in dollars is set, and the frontier model has no price.</exception>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(messages, options);
        IReadOnlyList<ChatMessage> sent = [.. messages];
        LocalOutcome outcome = await DecideAsync(sent, options, cancellationToken).ConfigureAwait(false);
        if (outcome.Kept is { } kept)
        {
            return kept;
        }

        ChatResponse answer = await FrontierCall.AskAsync(_frontier, FallbackRequest.Messages(sent), options, outcome, _logger, cancellationToken).ConfigureAwait(false);
        outcome.Charge?.Settle(answer.Usage, answer.ModelId, answer.Text);
        return EscalatedResponse.Create(answer, outcome, FrontierCall.ModelOf(_frontier));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="ProviderStateException"><paramref name="options"/> names a conversation that one provider keeps.</exception>
    /// <exception cref="EscalationLimitException">A limit stands against the escalation.</exception>
    /// <exception cref="UnpricedModelException">A limit in dollars is set, and the frontier model has no price.</exception>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(messages, options);
        return StreamAsync(messages, options, cancellationToken);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        base.GetService(serviceType, serviceKey) ?? DefaultMetadata.For(serviceType, serviceKey);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            if (!_leaveOpen)
            {
                _frontier.Dispose();
            }

            base.Dispose(disposing);
        }
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A caller's code between two updates may change the current activity (dotnet/runtime#47802).
        Activity? activity = Activity.Current;
        IReadOnlyList<ChatMessage> sent = [.. messages];
        LocalOutcome outcome = await DecideAsync(sent, options, cancellationToken).ConfigureAwait(false);
        if (outcome.Kept is { } kept)
        {
            foreach (ChatResponseUpdate update in kept.ToChatResponseUpdates())
            {
                yield return update;
                Activity.Current = activity;
            }

            yield break;
        }

        await foreach (ChatResponseUpdate update in FrontierCall.StreamAsync(_frontier, FallbackRequest.Messages(sent), options, outcome, _logger, cancellationToken).ConfigureAwait(false))
        {
            yield return update;
            Activity.Current = activity;
        }
    }

    private async Task<LocalOutcome> DecideAsync(IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        EscalationContext context = await AskLocalAsync(messages, options, cancellationToken).ConfigureAwait(false);
        EscalationDecision decision = await _policy.EvaluateAsync(context, cancellationToken).ConfigureAwait(false);
        if (!decision.Escalate)
        {
            if (context.Exception is { } unclaimed)
            {
                ExceptionDispatchInfo.Throw(unclaimed);
            }

            _logger.Kept(FrontierCall.ModelOf(InnerClient), context.Response!.GetConfidence()?.Score);
            return LocalOutcome.Keep(context, withheld: null, FrontierCall.ModelOf(InnerClient));
        }

        cancellationToken.ThrowIfCancellationRequested();
        EscalationLimiter? limiter = _limiter;
        EscalationCharge? charge = EscalationCharge.For(limiter, FrontierCall.ModelOf(_frontier), messages);
        if (limiter?.TryStart() is { } limit)
        {
            Telemetry.Withheld(decision.Reason);
            _logger.Withheld(decision.Reason, limit);
            return context.Response is null || limiter.Limits.WhenReached == EscalationLimitBehavior.Throw
                ? throw new EscalationLimitException(limit, decision.Reason, context.Exception)
                : LocalOutcome.Keep(context, decision.Reason, FrontierCall.ModelOf(InnerClient));
        }

        context = context with { Decision = decision };
        FrontierCall.Announce(_frontier, decision, _logger);
        if (OnEscalated is { } onEscalated)
        {
            await onEscalated(context, cancellationToken).ConfigureAwait(false);
        }

        return new(null, context, charge);
    }

    private async Task<EscalationContext> AskLocalAsync(IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        string? model = FrontierCall.ModelOf(InnerClient);
        using Activity? span = ModelSpan.StartLocal(model);
        try
        {
            ChatResponse response = await base.GetResponseAsync(messages, options?.Clone(), cancellationToken).ConfigureAwait(false);
            Confidence? confidence = response.GetConfidence();
            span.Answered(response.ModelId, confidence);
            Telemetry.Judged(confidence, model);
            return new(messages, options, response);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            span.Failed(e);
            _logger.LocalFailed(model, e.GetType().Name);
            return new(messages, options, e);
        }
    }

    private void Check(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (options?.ConversationId is { } id)
        {
            throw new ProviderStateException(nameof(ChatOptions.ConversationId), id);
        }
    }
}
