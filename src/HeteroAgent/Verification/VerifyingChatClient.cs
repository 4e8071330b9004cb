using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeteroAgent;

/// <summary>Has every answer's reasoning scored step by step, and records the scores on it. It changes no text; what follows from a score is for a policy to decide (<see cref="EscalateWhen.ScoreBelow"/>).</summary>
/// <remarks>
/// <para>Thread-safe. The properties are meant to be set before the first call. Place it around the client whose answers are scored and inside an <see cref="EscalatingChatClient"/>.</para>
/// <para>The response and its last message carry the result; read it with <see cref="ChatResponseVerificationExtensions.GetVerification(ChatResponse)"/>.</para>
/// <para>A streaming call is answered when the whole answer has been scored. To show steps as they pass, use a <see cref="StepwiseEscalatingChatClient"/>.</para>
/// <para>An answer that only calls tools has no reasoning to score: it is marked with <see cref="VerificationRecord.IsAbstained"/>. An answer without any text carries no mark, which a policy takes for unknown. An answer in JSON is scored as one step.</para>
/// <para>An exception of the verifier ends the call: an answer that could not be checked is not passed on as checked.</para>
/// </remarks>
public sealed class VerifyingChatClient : DelegatingChatClient
{
    private ILogger _logger = NullLogger.Instance;
    private volatile bool _disposed;

    /// <summary>Creates the client.</summary>
    /// <param name="innerClient">The client whose answers are scored; disposed with this one.</param>
    /// <param name="verifier">Scores the steps. It is not disposed.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public VerifyingChatClient(IChatClient innerClient, IProcessVerifier verifier)
        : base(innerClient)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        Verifier = verifier;
    }

    /// <summary>Gets what scores the steps.</summary>
    public IProcessVerifier Verifier { get; }

    /// <summary>Gets or sets how the question is taken from the conversation.</summary>
    /// <value>Default: the text of the last user message, without the passages that retrieval put into it; empty where there is none.</value>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public Func<IReadOnlyList<ChatMessage>, string> GetQuestion { get; set => field = NotNull(value); } = TraceBuilder.Question;

    /// <summary>Gets or sets what else the model was given, in which a number or a name may be grounded.</summary>
    /// <value>Default: the passages that retrieval recorded on the answer or put into the question, what the answer cites, and the text of the conversation's system, tool and earlier user messages.</value>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public Func<IReadOnlyList<ChatMessage>, ChatResponse, IReadOnlyList<string>> GetContext { get; set => field = NotNull(value); } = TraceBuilder.Context;

    /// <summary>Gets or sets how an answer's text is cut into steps. It must return at least one step.</summary>
    /// <value>Default: at line breaks, code fences and displayed formulas kept whole.</value>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public Func<string, IReadOnlyList<string>> Split { get; set => field = NotNull(value); } = StepSplitter.Split;

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
            _logger = value?.CreateLogger<VerifyingChatClient>() ?? (ILogger)NullLogger.Instance;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return RespondAsync([.. messages], options, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return StreamAsync(messages, options, cancellationToken);
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
        Activity? activity = Activity.Current;
        ChatResponse response = await RespondAsync([.. messages], options, cancellationToken).ConfigureAwait(false);
        foreach (ChatResponseUpdate update in response.ToChatResponseUpdates())
        {
            yield return update;
            Activity.Current = activity;
        }
    }

    private async Task<ChatResponse> RespondAsync(IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        ChatResponse response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        string text = response.Text;
        bool blank = string.IsNullOrWhiteSpace(text);
        if (blank && !TraceBuilder.CallsTools(response))
        {
            return response;
        }

        VerificationResult? result = blank ? null : await VerifyAsync(messages, options, response, text, cancellationToken).ConfigureAwait(false);
        _logger.Verified(result);
        return Stamp(response, result);
    }

    private async Task<VerificationResult> VerifyAsync(IReadOnlyList<ChatMessage> messages, ChatOptions? options, ChatResponse response, string text, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> steps = options?.ResponseFormat is ChatResponseFormatJson ? [text] : Split(text);
        ReasoningTrace trace = new(GetQuestion(messages), steps)
        {
            Context = GetContext(messages, response),
            Logprobs = StepLogprobs.Align(text, steps, response.GetLogprobs()),
            IsComplete = !TraceBuilder.CallsTools(response),
        };
        try
        {
            VerificationResult result = await TraceBuilder.VerifyAsync(Verifier, trace, cancellationToken).ConfigureAwait(false);
            VerificationStamp.Tag(result, response.ResponseId, EnableSensitiveData);
            return result;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _logger.VerifierFailed(e.GetType().Name);
            throw;
        }
    }

    private static ChatResponse Stamp(ChatResponse response, VerificationResult? result)
    {
        // The inner client may hold on to the response that it returned, so a copy is written to.
        ChatResponse copy = ResponseStamp.Copy(response, model: null);
        copy.ConversationId = response.ConversationId;
        copy.ContinuationToken = response.ContinuationToken;
        VerificationStamp.Write(copy.AdditionalProperties ??= [], result);
        if (copy.Messages.Count > 0)
        {
            ChatMessage last = copy.Messages[^1].Clone();
            last.AdditionalProperties = last.AdditionalProperties?.Clone() ?? [];
            VerificationStamp.Write(last.AdditionalProperties, result);
            copy.Messages[^1] = last;
        }

        return copy;
    }
}
