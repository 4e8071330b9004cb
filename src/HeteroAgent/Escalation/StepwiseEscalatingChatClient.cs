using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeteroAgent;

/// <summary>
/// Streams a local model's answer step by step, each step only after a process verifier has passed it, and has the frontier model go on from the first step that does not pass.
/// What was shown is never withdrawn; the failing step and what the local model would have written after it are never shown.
/// </summary>
/// <remarks>
/// <para>Thread-safe. The properties are meant to be set before the first call. Place it inside a tool loop, and inside a <see cref="RetrievingChatClient"/>, so that the verifier and the frontier model see the passages too.</para>
/// <para>The local model is stopped at the failing step. The frontier model receives the conversation and the text that was shown (<see cref="PrefixPlacement"/>), and its continuation streams as it comes; where it begins by repeating that text, the repetition is dropped. Nothing that it says is verified.</para>
/// <para>The last step waits for the end of the answer: it is verified as the end of a complete trace, and <see cref="Policy"/> is asked, before it is shown. Reasoning contents are shown with the step that follows them. Tool calls are shown at the end, after every step before them has passed; an answer that only calls tools is a matter for <see cref="Policy"/>. An answer in JSON is one step: nothing of it is shown before all of it has passed. An answer without text and calls does not pass.</para>
/// <para>A call that does not stream gives the same text; both clients are asked in streaming form, so that the local model can be stopped.</para>
/// <para>The response carries the route (<see cref="Routes.Frontier"/> where the frontier model went on), the reason (<see cref="EscalationRecord"/>) and, for a kept answer, the scores (<see cref="VerificationRecord"/>); each update says who speaks. Usage is the sum over both models, split under <see cref="UsageCountNames"/>. A local model that was stopped reports none: its output is then counted as one token for each update that it sent, which is the least it can have been, and its input is not known.</para>
/// </remarks>
public sealed class StepwiseEscalatingChatClient : DelegatingChatClient
{
    private readonly IChatClient _frontier;
    private readonly bool _leaveOpen;
    private EscalationLimiter? _limiter;
    private ILogger _logger = NullLogger.Instance;
    private volatile bool _disposed;

    /// <summary>Creates the client.</summary>
    /// <param name="innerClient">The local client, asked first; disposed with this one.</param>
    /// <param name="frontierClient">The frontier client.</param>
    /// <param name="verifier">Scores the steps. It is asked once a step, with all steps before it, and is not disposed.</param>
    /// <param name="leaveOpen">Whether the frontier client stays open when this client is disposed.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public StepwiseEscalatingChatClient(IChatClient innerClient, IChatClient frontierClient, IProcessVerifier verifier, bool leaveOpen = false)
        : base(innerClient)
    {
        ArgumentNullException.ThrowIfNull(frontierClient);
        ArgumentNullException.ThrowIfNull(verifier);
        _frontier = frontierClient;
        Verifier = verifier;
        _leaveOpen = leaveOpen;
    }

    /// <summary>Gets what scores the steps.</summary>
    public IProcessVerifier Verifier { get; }

    /// <summary>Gets or sets the least score with which a step passes, in [0, 1].</summary>
    /// <value>Default 0.5.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1].</exception>
    public double MinStepScore
    {
        get;
        set => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A score threshold lies between 0 and 1.");
    } = 0.5;

    /// <summary>Gets or sets whether a step is rejected, whatever its score, when the verifier finds a first error in the steps so far.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool RejectErrors { get; set; } = true;

    /// <summary>Gets or sets whether a step that the verifier would not judge is rejected.</summary>
    /// <value>Default <see langword="true"/>: what was not judged has not passed. <see langword="false"/> shows such steps.</value>
    public bool EscalateAbstained { get; set; } = true;

    /// <summary>Gets or sets what else is handed over: a failure of the local model or of the verifier, and an answer at its end before its last step is shown, such as one that was cut off.</summary>
    /// <value>Default <see cref="EscalateWhen.Never"/>: failures reach the caller.</value>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public EscalationPolicy Policy { get; set => field = NotNull(value); } = EscalateWhen.Never;

    /// <summary>Gets or sets how the frontier model is told what has been shown.</summary>
    /// <value>Default <see cref="PrefixPlacement.UserInstruction"/>.</value>
    public PrefixPlacement PrefixPlacement { get; set; }

    /// <summary>Gets or sets where a step ends. Code fences and displayed formulas stay whole.</summary>
    /// <value>Default <see cref="StepBoundary.Line"/>.</value>
    public StepBoundary Boundary { get; set; }

    /// <summary>Gets or sets how the question is taken from the conversation.</summary>
    /// <value>Default: the text of the last user message, without the passages that retrieval put into it; empty where there is none.</value>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public Func<IReadOnlyList<ChatMessage>, string> GetQuestion { get; set => field = NotNull(value); } = TraceBuilder.Question;

    /// <summary>Gets or sets what else the model was given, as in <see cref="VerifyingChatClient.GetContext"/>; it is shown the answer as far as it has arrived.</summary>
    /// <value>Default: as in <see cref="VerifyingChatClient.GetContext"/>.</value>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public Func<IReadOnlyList<ChatMessage>, ChatResponse, IReadOnlyList<string>> GetContext { get; set => field = NotNull(value); } = TraceBuilder.Context;

    /// <summary>Gets or sets what is called after the decision to hand over and before the frontier model is asked. An exception from it ends the call.</summary>
    /// <value>Default <see langword="null"/>.</value>
    public Func<EscalationContext, CancellationToken, ValueTask>? OnEscalated { get; set; }

    /// <summary>Gets or sets how much escalation is allowed. Setting it starts the counts anew. Where a limit keeps the local answer, the rest of it is shown unverified and marked with <see cref="EscalationRecord.Withheld"/>.</summary>
    /// <value>Default <see langword="null"/>: no limits.</value>
    public EscalationLimits? Limits
    {
        get => _limiter?.Limits;
        set => _limiter = value is null ? null : new(value);
    }

    /// <summary>Gets or sets whether the reasons, which quote the answer, are put on the span's <c>gen_ai.evaluation.result</c> event.</summary>
    /// <value>Default <see langword="false"/>, or <see langword="true"/> where the environment variable <c>OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT</c> is <c>true</c>.</value>
    public bool EnableSensitiveData { get; set; } = TraceBuilder.CapturesContent;

    /// <summary>Gets or sets where the client logs to; it writes no text of a call at Debug and above.</summary>
    /// <value>Default <see langword="null"/>: nowhere.</value>
    public ILoggerFactory? LoggerFactory
    {
        get;
        set
        {
            field = value;
            _logger = value?.CreateLogger<StepwiseEscalatingChatClient>() ?? (ILogger)NullLogger.Instance;
        }
    }

    internal StepRule Rule => new(MinStepScore, RejectErrors, EscalateAbstained);

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="ProviderStateException"><paramref name="options"/> names a conversation that one provider keeps.</exception>
    /// <exception cref="EscalationLimitException">A limit stands against the escalation.</exception>
    /// <exception cref="UnpricedModelException">A limit in dollars is set, and the frontier model has no price.</exception>
    public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="ProviderStateException"><paramref name="options"/> names a conversation that one provider keeps.</exception>
    /// <exception cref="EscalationLimitException">A limit stands against the escalation.</exception>
    /// <exception cref="UnpricedModelException">A limit in dollars is set, and the frontier model has no price.</exception>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return options?.ConversationId is { } id ? throw new ProviderStateException(nameof(ChatOptions.ConversationId), id) : StreamAsync(messages, options, cancellationToken);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return base.GetService(serviceType, serviceKey)
            ?? (serviceKey is null && serviceType == typeof(IProcessVerifier) ? Verifier : DefaultMetadata.For(serviceType, serviceKey));
    }

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

    private static T NotNull<T>(T value)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        return value;
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A caller's code between two updates may change the current activity (dotnet/runtime#47802).
        Activity? activity = Activity.Current;
        IReadOnlyList<ChatMessage> sent = [.. messages];
        LocalOutcome? outcome = null;
        LocalSteps local = new(this, InnerClient, sent, options, cancellationToken);
        await using (local.ConfigureAwait(false))
        {
            while (outcome is null)
            {
                while (await local.MoveNextAsync().ConfigureAwait(false))
                {
                    yield return local.Current;
                    Activity.Current = activity;
                }

                cancellationToken.ThrowIfCancellationRequested();
                EscalationDecision decision = await DecideAsync(local, cancellationToken).ConfigureAwait(false);
                if (!decision.Escalate)
                {
                    Tag(local);
                    local.Log(_logger);
                    foreach (ChatResponseUpdate update in local.Finish())
                    {
                        yield return update;
                        Activity.Current = activity;
                    }

                    yield break;
                }

                outcome = TryHandOver(local, decision, sent);
            }

            Tag(local);
        }

        FrontierCall.Announce(_frontier, outcome.Context.Decision, _logger);
        if (OnEscalated is { } onEscalated)
        {
            await onEscalated(outcome.Context, cancellationToken).ConfigureAwait(false);
        }

        await foreach (ChatResponseUpdate update in FrontierCall.StreamAsync(_frontier, Request(outcome.Prefix!, sent), options, outcome, _logger, cancellationToken).ConfigureAwait(false))
        {
            yield return update;
            Activity.Current = activity;
        }
    }

    private async ValueTask<EscalationDecision> DecideAsync(LocalSteps local, CancellationToken cancellationToken)
    {
        if (local.Rejection.Escalate || local.Withheld is not null)
        {
            Rethrow(local.Failure);
            return local.Rejection;
        }

        EscalationContext context = local.Context;
        if (context.Exception is { } failure)
        {
            _logger.LocalFailed(FrontierCall.ModelOf(InnerClient), failure.GetType().Name);
        }

        EscalationDecision decision = await Policy.EvaluateAsync(context, cancellationToken).ConfigureAwait(false);
        if (!decision.Escalate)
        {
            Rethrow(context.Exception);
            if (local.IsEmpty)
            {
                return EscalationDecision.Because("verification_unknown", "The local answer holds no text.");
            }
        }

        return decision;
    }

    /// <summary>Prepares the hand-over, or lets the local answer go on where a limit stands against it and allows that.</summary>
    private LocalOutcome? TryHandOver(LocalSteps local, EscalationDecision decision, IReadOnlyList<ChatMessage> sent)
    {
        VerifiedPrefix prefix = local.Prefix;
        EscalationLimiter? limiter = _limiter;
        EscalationCharge? charge = EscalationCharge.For(limiter, FrontierCall.ModelOf(_frontier), Request(prefix, sent));
        if (limiter?.TryStart() is { } limit)
        {
            Telemetry.Withheld(decision.Reason);
            _logger.Withheld(decision.Reason, limit);
            if (local.Failure is { } failure || limiter.Limits.WhenReached == EscalationLimitBehavior.Throw)
            {
                throw new EscalationLimitException(limit, decision.Reason, local.Failure);
            }

            local.Withhold(decision.Reason);
            return null;
        }

        return new(null, local.Context with { Decision = decision }, charge) { Prefix = prefix };
    }

    private IReadOnlyList<ChatMessage> Request(VerifiedPrefix prefix, IReadOnlyList<ChatMessage> sent) => prefix.Append(FallbackRequest.Messages(sent), PrefixPlacement);

    private void Tag(LocalSteps local)
    {
        if (local.Result is { } result)
        {
            VerificationStamp.Tag(result, local.ResponseId, EnableSensitiveData);
        }
    }

    private static void Rethrow(Exception? exception)
    {
        if (exception is not null)
        {
            ExceptionDispatchInfo.Throw(exception);
        }
    }
}
