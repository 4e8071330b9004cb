using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace HeteroAgent;

/// <summary>One local answer, read step by step: a step becomes an update once the verifier has passed it. Not thread-safe.</summary>
internal sealed class LocalSteps : IAsyncDisposable
{
    private readonly StepwiseEscalatingChatClient _owner;
    private readonly IReadOnlyList<ChatMessage> _messages;
    private readonly ChatOptions? _options;
    private readonly CancellationTokenSource _abandon;
    private readonly CancellationToken _cancellationToken;
    private readonly IChatClient _local;
    private readonly StepReader? _reader;
    private readonly LocalDraft _draft;
    private readonly Queue<string> _unjudged = new();
    private VerificationResult? _result;
    private IAsyncEnumerator<ChatResponseUpdate>? _source;
    private readonly string? _model;
    private Activity? _span;
    private bool _spanEnded;
    private bool _ended;

    public LocalSteps(StepwiseEscalatingChatClient owner, IChatClient local, IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        _owner = owner;
        _local = local;
        _messages = messages;
        _options = options;
        _cancellationToken = cancellationToken;
        _model = FrontierCall.ModelOf(local);
        _draft = new(_model);
        _reader = options?.ResponseFormat is ChatResponseFormatJson ? null : new(owner.Boundary);
        _abandon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Gets the step that was passed last.</summary>
    public ChatResponseUpdate Current { get; private set; } = null!;

    /// <summary>Gets why reading stopped: a step that did not pass, or <see cref="EscalationDecision.Keep"/> where the answer came to its end or failed.</summary>
    public EscalationDecision Rejection { get; private set; }

    /// <summary>Gets what the local client or the verifier threw.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Gets the reason for which a limit kept this answer from being handed over; from then on nothing is verified.</summary>
    public string? Withheld { get; private set; }

    /// <summary>Gets what the verifier found last.</summary>
    public VerificationResult? Result => _result;

    public string? ResponseId => _draft.ResponseId;

    /// <summary>Gets whether the answer holds neither text nor a call.</summary>
    public bool IsEmpty => _draft.IsBlank && !_draft.CallsTools;

    public EscalationContext Context => Failure is { } failure ? new(_messages, _options, failure) : new(_messages, _options, _draft.ToResponse());

    public VerifiedPrefix Prefix => _draft.ToPrefix();

    /// <summary>Reads on to the next step that passes. The last step is held for <see cref="Finish"/>.</summary>
    /// <returns>False where a step did not pass, the answer ended, or something failed.</returns>
    public async ValueTask<bool> MoveNextAsync()
    {
        try
        {
            while (true)
            {
                if (_unjudged.TryPeek(out string? step))
                {
                    bool last = _ended && _unjudged.Count == 1;
                    if (!await PassesAsync(step, last).ConfigureAwait(false))
                    {
                        return false;
                    }

                    if (last)
                    {
                        return false;
                    }

                    Current = _draft.Show(_unjudged.Dequeue(), _result);
                    return true;
                }

                if (_ended)
                {
                    return false;
                }

                await ReadAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (!_cancellationToken.IsCancellationRequested)
        {
            Failure = e;
            _span.Failed(e);
            return false;
        }
    }

    /// <summary>Lets the answer go on unverified, since a limit stands against handing it over.</summary>
    public void Withhold(string? reason)
    {
        Withheld = reason ?? "";
        Rejection = EscalationDecision.Keep;
    }

    /// <summary>Shows what is held and ends the answer.</summary>
    public IEnumerable<ChatResponseUpdate> Finish() => _draft.End(_unjudged.TryDequeue(out string? last) ? last : "", _result, Withheld);

    /// <summary>Stops the local model where it still writes.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _abandon.CancelAsync().ConfigureAwait(false);
            if (_source is not null)
            {
                await _source.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!_cancellationToken.IsCancellationRequested)
        {
            // It was told to stop.
        }
        finally
        {
            EndSpan();
            _abandon.Dispose();
        }
    }

    /// <summary>Logs that the answer was kept.</summary>
    public void Log(ILogger logger) => logger.Kept(_model, _draft.ToResponse().GetConfidence()?.Score);

    private void EndSpan()
    {
        if (!_spanEnded)
        {
            _spanEnded = true;
            ChatResponse soFar = _draft.ToResponse();
            Confidence? confidence = soFar.GetConfidence();
            _span.Answered(soFar.ModelId, confidence);
            Telemetry.Judged(confidence, _model);
            _span?.Dispose();
        }
    }

    private async ValueTask ReadAsync()
    {
        // The span is current for the local client alone: what this method sets ends with it.
        _span = _source is null ? ModelSpan.StartLocal(_model) : _span;
        Activity.Current = _span ?? Activity.Current;
        _source ??= _local.GetStreamingResponseAsync(_messages, _options?.Clone(), _abandon.Token).GetAsyncEnumerator(_abandon.Token);
        if (!await _source.MoveNextAsync().ConfigureAwait(false))
        {
            _ended = true;
            EndSpan();
            string rest = _draft.IsBlank ? "" : _reader?.Take() ?? _draft.Text;
            if (rest.Length > 0)
            {
                _unjudged.Enqueue(rest);
            }

            return;
        }

        string text = _draft.Add(_source.Current);
        foreach (string step in _reader?.Append(text) ?? [])
        {
            _unjudged.Enqueue(step);
        }
    }

    private async ValueTask<bool> PassesAsync(string step, bool last)
    {
        if (Withheld is not null)
        {
            return true;
        }

        ChatResponse soFar = _draft.ToResponse();
        ReasoningTrace trace = new(_owner.GetQuestion(_messages), [.. _draft.Steps, step.Trim()])
        {
            Context = _owner.GetContext(_messages, soFar),
            IsComplete = last && !_draft.CallsTools,
        };
        _result = await TraceBuilder.VerifyAsync(_owner.Verifier, trace, _cancellationToken).ConfigureAwait(false);
        Rejection = _owner.Rule.Decide(_result);
        return !Rejection.Escalate;
    }
}
