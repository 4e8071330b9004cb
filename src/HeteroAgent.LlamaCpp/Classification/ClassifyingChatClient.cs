using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>An <see cref="IChatClient"/> that answers a message with its label, by a <see cref="TextClassifier"/>, without generating anything.</summary>
/// <remarks>
/// <para>It reads the text of the last user message, or the text under <see cref="RequestPropertyNames.SpanSource"/> in the options. Instructions, examples and earlier turns are not read, sampling options have no effect, and tools are never called.</para>
/// <para>
/// The answer is the label as text. Under a <see cref="ChatResponseFormatJson"/> with a schema it is JSON: a string, or an object whose one required property is a string. Where an enum stands there, labels are matched with its members without regard to case and to whatever
/// is neither letter nor digit (<c>card_arrival</c> is <c>CardArrival</c>), and the likeliest label that has a member is answered; without a schema it is <c>{"label": …}</c>.
/// </para>
/// <para>
/// A message out of scope is refused, never labelled: the response's text is empty, it holds an <see cref="ErrorContent"/> with the code <see cref="OutOfScopeCode"/>, <see cref="ChatResponseClassificationExtensions.IsOutOfScope"/> is <see langword="true"/> and the confidence is 0. So
/// <see cref="EscalateWhen.ConfidenceBelow"/>, <see cref="EscalateWhen.SchemaInvalid"/> and <see cref="EscalateWhenOutOfScope"/> hand it up, and without escalation a <see cref="Subtask{TInput, TOutput}"/> throws <see cref="SubtaskException"/>.
/// With <see cref="OutOfScopeLabel"/> it is answered with that label instead.
/// </para>
/// <para>Every response carries its <see cref="Confidence"/>, whose probability is that of the label; <see cref="ChatResponse.RawRepresentation"/> is the <see cref="Classification"/>. The usage counts one output token, the label.</para>
/// <para>Safe for any number of concurrent requests. Disposing the client does not dispose the classifier.</para>
/// </remarks>
public sealed class ClassifyingChatClient : IChatClient
{
    /// <summary><c>out_of_scope</c>: the code of the <see cref="ErrorContent"/> that refuses a message, and the reason of <see cref="EscalateWhenOutOfScope"/>.</summary>
    public const string OutOfScopeCode = "out_of_scope";

    private readonly TextClassifier _classifier;
    private readonly ClassifierHead _head;
    private readonly int _at;
    private ChatClientMetadata _metadata;
    private volatile bool _disposed;

    /// <summary>Creates a client on the first head of a classifier.</summary>
    /// <param name="classifier">The classifier, which stays the caller's.</param>
    /// <param name="head">The head that answers, one of the classifier's; <see langword="null"/> for the first.</param>
    /// <exception cref="ArgumentNullException"><paramref name="classifier"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The head is not one of the classifier's.</exception>
    public ClassifyingChatClient(TextClassifier classifier, ClassifierHead? head = null)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        _classifier = classifier;
        _head = head ?? classifier.Heads[0];
        _at = classifier.Heads.ToList().IndexOf(_head);
        if (_at < 0)
        {
            throw new ArgumentException("The head is not one of the classifier's heads.", nameof(head));
        }

        _metadata = Metadata(_head.Path is { } path ? System.IO.Path.GetFileNameWithoutExtension(path) : classifier.EncoderName.Length > 0 ? $"{classifier.EncoderName}+head" : "classifier");
    }

    /// <summary>Gets a policy that escalates a message that a classifier refused as out of scope; reason <c>out_of_scope</c>.</summary>
    public static EscalationPolicy EscalateWhenOutOfScope { get; } = EscalateWhen.Matches(
        static context => context.Response?.IsOutOfScope() == true, OutOfScopeCode);

    /// <summary>Gets the label that answers a message out of scope, in place of a refusal. Its confidence is 0 all the same.</summary>
    /// <value>Default <see langword="null"/>: it is refused.</value>
    public string? OutOfScopeLabel { get; init; }

    /// <summary>Gets the name under which the classifier appears in responses, metadata, traces and a ledger.</summary>
    /// <value>Default: the name of the head's file, else the encoder's name with <c>+head</c>. Not empty or white space.</value>
    public string ModelId
    {
        get => _metadata.DefaultModelId!;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            _metadata = Metadata(value);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The conversation or the message is empty.</exception>
    /// <exception cref="ClassificationException">The classifier cannot answer as the caller wants it; <see cref="ClassificationException.Failure"/> says why.</exception>
    /// <exception cref="JsonSchemaException">A schema is malformed or uses a keyword that is not supported.</exception>
    /// <exception cref="ContextOverflowException">The message is longer than the encoder reads.</exception>
    /// <exception cref="UnsupportedContentException">The message holds content that is not text.</exception>
    /// <exception cref="ObjectDisposedException">The client, the classifier or its encoder is disposed.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        string text = UserRequest.Read([.. messages], options, static role => new ClassificationException(
            ClassificationFailure.NoRequest, $"The conversation ends with a message of the role '{role}'. A classifier labels a user's message."));
        LabelForm form = LabelForm.Read(_head.Labels, OutOfScopeLabel, options);
        Classification classification = (await _classifier.ClassifyAllAsync(text, cancellationToken).ConfigureAwait(false))[_at];
        bool withLogprobs = options?.AdditionalProperties?.TryGetValue(RequestPropertyNames.Logprobs, out bool wanted) == true && wanted;
        return Answer(classification, form, withLogprobs);
    }

    /// <inheritdoc/>
    /// <remarks>The answer exists at once, so the updates are those of <see cref="GetResponseAsync"/>, with the same exceptions.</remarks>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return StreamAsync(messages, options, cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        LeafServices.Find(serviceType, serviceKey, this, _metadata, _classifier);

    /// <summary>Refuses later requests. The classifier is not disposed.</summary>
    public void Dispose() => _disposed = true;

    private static ChatClientMetadata Metadata(string modelId) => new("llama.cpp", providerUri: null, modelId);

    private ChatResponse Answer(Classification classification, LabelForm form, bool withLogprobs)
    {
        LabelProbability chosen = form.Choose(classification);
        AIContent content = classification.IsInScope ? new TextContent(form.Write(chosen.Label))
            : OutOfScopeLabel is not null ? new TextContent(form.Write(OutOfScopeLabel))
            : new ErrorContent("The message is out of scope: it is unlike all that the classifier was trained on.")
            {
                ErrorCode = OutOfScopeCode,
                Details = string.Create(CultureInfo.InvariantCulture, $"in-scope score {classification.InScopeScore:0.###}, at least {_head.InScopeThreshold:0.###} was expected; the nearest label is {chosen.Label}"),
            };
        string id = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        ChatMessage message = new(ChatRole.Assistant, [content])
        {
            MessageId = $"msg_{id}",
            CreatedAt = DateTimeOffset.UtcNow,
            AdditionalProperties = Properties(classification, chosen, withLogprobs),
        };
        return new ChatResponse(message)
        {
            ResponseId = $"classify_{id}",
            ModelId = ModelId,
            CreatedAt = message.CreatedAt,
            FinishReason = content is ErrorContent ? ChatFinishReason.ContentFilter : ChatFinishReason.Stop,
            Usage = new UsageDetails { InputTokenCount = classification.InputTokens, OutputTokenCount = 1, TotalTokenCount = classification.InputTokens + 1 },
            RawRepresentation = classification,
            AdditionalProperties = Properties(classification, chosen, withLogprobs),
        };
    }

    private AdditionalPropertiesDictionary Properties(Classification classification, LabelProbability chosen, bool withLogprobs)
    {
        AdditionalPropertiesDictionary properties = [];
        properties.SetOutOfScope(!classification.IsInScope);
        double logprob = Math.Log(Math.Max(chosen.Probability, double.Epsilon));
        properties.SetConfidence(new Confidence(logprob, logprob, 1, classification.IsInScope ? chosen.Probability : 0));
        if (withLogprobs)
        {
            properties.SetLogprobs([new TokenLogprob(_head.Labels.ToList().IndexOf(chosen.Label), chosen.Label, Math.Min(logprob, 0))]);
        }

        return properties;
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChatResponse response = await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        foreach (ChatResponseUpdate update in response.ToChatResponseUpdates())
        {
            yield return update;
        }
    }
}
