using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeteroAgent;

/// <summary>Finds passages for the request, shows them to the model as numbered data, and turns the numbers in its answer into citations.</summary>
/// <remarks>
/// <para>The passages go in front of a copy of the last user message, the rules into a copy of the instructions; neither input is changed. A request without a user's text is passed on as it is.</para>
/// <para>Citations become <see cref="CitationAnnotation"/>s on the answer's text and, since not every framework keeps annotations, stand in its <see cref="RetrievalRecord"/> too: <see cref="ChatResponseRetrievalExtensions.GetCitations(ChatResponse)"/>. So do the passages and the grounding score.</para>
/// <para>A stream passes unchanged but for the usage, which comes with the annotations in one last update; regions then count in the text of the whole message.</para>
/// <para>Thread-safe once its properties are set. The retriever stays the caller's.</para>
/// </remarks>
public sealed class RetrievingChatClient : DelegatingChatClient
{
    private ILogger _logger = NullLogger.Instance;
    private int _topK = 4;
    private int _queryMessages = 1;

    /// <summary>Creates the client.</summary>
    /// <param name="innerClient">The client that answers; disposed with this one.</param>
    /// <param name="retriever">Finds the passages.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public RetrievingChatClient(IChatClient innerClient, IRetriever retriever)
        : base(innerClient)
    {
        ArgumentNullException.ThrowIfNull(retriever);
        Retriever = retriever;
    }

    /// <summary>Gets what finds the passages.</summary>
    public IRetriever Retriever { get; }

    /// <summary>Gets or sets the number of passages that are shown at most.</summary>
    /// <value>Default 4.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 1 and 1,000.</exception>
    public int TopK
    {
        get => _topK;
        set => _topK = value is >= 1 and <= 1000 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Between 1 and 1,000 passages can be asked for.");
    }

    /// <summary>Gets or sets what the search goes by.</summary>
    /// <value>Default <see cref="RetrievalMode.Auto"/>.</value>
    public RetrievalMode Mode { get; set; }

    /// <summary>Gets or sets the number of the last user messages that are searched by.</summary>
    /// <value>Default 1. More help where a follow-up does not say what it is about.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int QueryMessages
    {
        get => _queryMessages;
        set => _queryMessages = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least 1 message is searched by.");
    }

    /// <summary>Gets or sets the score below which a passage is not shown. Scores depend on the retriever and the mode; those of reciprocal rank fusion say little of relevance.</summary>
    /// <value>Default 0.</value>
    public double MinimumScore { get; set; }

    /// <summary>Gets or sets whether a request for which no passage is found is refused with <see cref="NoPassageFoundException"/>, instead of being passed on as it is.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool RequirePassages { get; set; }

    /// <summary>Gets or sets what scores how far the passages support the answer; <see langword="null"/> for no score.</summary>
    /// <value>Default: a scorer that goes by words.</value>
    public GroundingScorer? Grounding { get; set; } = new();

    /// <summary>Gets or sets where the client logs to; it writes no text of a call at Debug and above.</summary>
    /// <value>Default <see langword="null"/>: nowhere.</value>
    public ILoggerFactory? LoggerFactory
    {
        get;
        set
        {
            field = value;
            _logger = value?.CreateLogger<RetrievingChatClient>() ?? (ILogger)NullLogger.Instance;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="NoPassageFoundException">No passage was found, and <see cref="RequirePassages"/> is set.</exception>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        GroundedRequest request = await PrepareAsync(messages, options, cancellationToken).ConfigureAwait(false);
        ChatResponse response = await base.GetResponseAsync(request.Messages, request.Options, cancellationToken).ConfigureAwait(false);
        if (request.Passages.Count == 0)
        {
            return response;
        }

        RetrievalRecord record = await RetrievalStamp.CreateAsync(response.Text, request.Query, request.Passages, Grounding, cancellationToken).ConfigureAwait(false);
        RetrievalStamp.Tag(record);
        ChatResponse answered = response;
        response = ResponseStamp.Copy(response, model: null);
        response.ConversationId = answered.ConversationId;
        response.ContinuationToken = answered.ContinuationToken;
        RetrievalRecord.Slot.Write(response.AdditionalProperties ??= [], record);
        for (int i = 0; i < response.Messages.Count; i++)
        {
            ChatMessage message = response.Messages[i].Clone();
            message.Contents = message.Role == ChatRole.Assistant ? [.. message.Contents.Select(c => Annotate(c, request.Passages))] : message.Contents;
            if (i == response.Messages.Count - 1)
            {
                message.AdditionalProperties = message.AdditionalProperties?.Clone() ?? [];
                RetrievalRecord.Slot.Write(message.AdditionalProperties, record);
            }

            response.Messages[i] = message;
        }

        return response;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="NoPassageFoundException">No passage was found, and <see cref="RequirePassages"/> is set.</exception>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return StreamAsync(messages, options, cancellationToken);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return base.GetService(serviceType, serviceKey)
            ?? (serviceKey is null && serviceType == typeof(IRetriever) ? Retriever : DefaultMetadata.For(serviceType, serviceKey));
    }

    private static AIContent Annotate(AIContent content, IReadOnlyList<RetrievedPassage> passages)
    {
        if (content is not TextContent text || CitationMarks.Annotate(text.Text, passages) is not { Count: > 0 } annotations)
        {
            return content;
        }

        return new TextContent(text.Text)
        {
            AdditionalProperties = text.AdditionalProperties,
            RawRepresentation = text.RawRepresentation,
            Annotations = [.. text.Annotations ?? [], .. annotations],
        };
    }

    private async Task<GroundedRequest> PrepareAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        List<ChatMessage> list = [.. messages];
        string query = string.Join('\n', list.Where(static m => m.Role == ChatRole.User && m.Text.Length > 0).TakeLast(QueryMessages).Select(static m => m.Text));
        int last = list.FindLastIndex(static m => m.Role == ChatRole.User);
        if (last < 0 || string.IsNullOrWhiteSpace(query))
        {
            return new(list, options, query, []);
        }

        IReadOnlyList<RetrievedPassage> found = await FindAsync(query, cancellationToken).ConfigureAwait(false);
        RetrievedPassage[] passages = [.. found.Where(p => p.Score >= MinimumScore)];
        if (passages.Length == 0)
        {
            _logger.Empty(found.Count);
            return RequirePassages ? throw new NoPassageFoundException(query) : new(list, options, query, []);
        }

        _logger.Retrieved(passages.Length, found.Count);
        list[last] = PassagePrompt.Message(list[last], passages);
        return new(list, PassagePrompt.Options(options), query, passages);
    }

    private async Task<IReadOnlyList<RetrievedPassage>> FindAsync(string query, CancellationToken cancellationToken)
    {
        try
        {
            return await Retriever.RetrieveAsync(query, new() { TopK = TopK, Mode = Mode }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _logger.RetrieverFailed(e.GetType().Name);
            throw;
        }
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Activity? activity = Activity.Current;
        GroundedRequest request = await PrepareAsync(messages, options, cancellationToken).ConfigureAwait(false);
        StringBuilder text = new();
        ChatResponseUpdate? last = null;
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(request.Messages, request.Options, cancellationToken).ConfigureAwait(false))
        {
            _ = text.Append(update.Text);
            last = update.MessageId is null && last?.MessageId is not null ? last : update;
            yield return update;
            Activity.Current = activity;
        }

        if (request.Passages.Count > 0 && last is not null)
        {
            string answer = text.ToString();
            RetrievalRecord record = await RetrievalStamp.CreateAsync(answer, request.Query, request.Passages, Grounding, cancellationToken).ConfigureAwait(false);
            RetrievalStamp.Tag(record);
            List<AIAnnotation> annotations = CitationMarks.Annotate(answer, request.Passages);
            AdditionalPropertiesDictionary properties = [];
            RetrievalRecord.Slot.Write(properties, record);
            ChatResponseUpdate end = new(last.Role ?? ChatRole.Assistant, annotations.Count > 0 ? [new AIContent { Annotations = annotations }] : [])
            {
                AdditionalProperties = properties,
                CreatedAt = last.CreatedAt,
                MessageId = last.MessageId,
                ModelId = last.ModelId,
                ResponseId = last.ResponseId,
                ConversationId = last.ConversationId,
            };
            foreach (ChatResponseUpdate update in ResponseUpdates.OnBothLevels(end))
            {
                yield return update;
                Activity.Current = activity;
            }
        }
    }

    private sealed record GroundedRequest(List<ChatMessage> Messages, ChatOptions? Options, string Query, IReadOnlyList<RetrievedPassage> Passages);
}
