using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Looks up the last user message and gives the model the passages that were found, numbered (retrieval-augmented generation, Lewis et al., NeurIPS 2020).</summary>
/// <remarks>
/// <para>The passages go into a message of the user's role before the last user message, marked as data. What an answer cites as <c>[1]</c> becomes a <see cref="CitationAnnotation"/> on its <see cref="TextContent"/>; in a stream, on a content without text in a last update. Passages, citations and the grounding score stand under the names of <see cref="ResponsePropertyNames"/> on the response and its last message too, since some frameworks drop annotations.</para>
/// <para>A conversation without a user message that has a word in it is passed on as it is. Each call of a tool loop looks again: what was added enters no history.</para>
/// <para>Thread-safe as far as the retriever is; set the properties before the first call. Text is streamed as it comes. The usage is that of the inner client. Place it inside an <see cref="EscalatingChatClient"/> whose policy reads the grounding score, and around its fallback too.</para>
/// </remarks>
public sealed class RetrievingChatClient : DelegatingChatClient
{
    private RetrievalOptions _options = new();
    private string _instructions = PassagePrompt.DefaultInstructions;

    /// <summary>Creates the client.</summary>
    /// <param name="innerClient">The client that is given the passages; disposed with this one.</param>
    /// <param name="retriever">Finds the passages; it stays the caller's.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public RetrievingChatClient(IChatClient innerClient, IRetriever retriever)
        : base(innerClient)
    {
        ArgumentNullException.ThrowIfNull(retriever);
        Retriever = retriever;
    }

    /// <summary>Gets what finds the passages.</summary>
    public IRetriever Retriever { get; }

    /// <summary>Gets or sets the number of passages that the model is given at most.</summary>
    /// <value>Default 4.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 1 and 1,000.</exception>
    public int TopK
    {
        get => _options.TopK;
        set => _options = _options with { TopK = value };
    }

    /// <summary>Gets or sets what the search goes by.</summary>
    /// <value>Default <see cref="RetrievalMode.Auto"/>.</value>
    public RetrievalMode Mode
    {
        get => _options.Mode;
        set => _options = _options with { Mode = value };
    }

    /// <summary>Gets or sets what happens where nothing is found.</summary>
    /// <value>Default <see cref="NothingFoundBehavior.TellModel"/>.</value>
    public NothingFoundBehavior WhenNothingFound { get; set; }

    /// <summary>Gets or sets the text above the passages. It should say that they are data, and how they are to be cited.</summary>
    /// <value>Default: an English text that does both.</value>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string Instructions
    {
        get => _instructions;
        set
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            _instructions = value;
        }
    }

    /// <summary>Gets or sets what scores how well the passages support the answer, for <see cref="EscalateWhen.GroundingBelow"/>.</summary>
    /// <value>Default: a scorer by words, numbers and names; <see langword="null"/> for no score.</value>
    public GroundingScorer? Grounding { get; set; } = new();

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="PassagesNotFoundException">Nothing was found, and <see cref="WhenNothingFound"/> asks for it.</exception>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        (IReadOnlyList<ChatMessage> asked, RetrievalRecord? record) = await RetrieveAsync([.. messages], cancellationToken).ConfigureAwait(false);
        ChatResponse response = await base.GetResponseAsync(asked, options, cancellationToken).ConfigureAwait(false);
        return record is null ? response : await record.WriteAsync(response, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="PassagesNotFoundException">Nothing was found, and <see cref="WhenNothingFound"/> asks for it.</exception>
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
            ?? (serviceKey is null && serviceType.IsInstanceOfType(Retriever) ? Retriever : DefaultMetadata.For(serviceType, serviceKey));
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Activity? activity = Activity.Current;
        (IReadOnlyList<ChatMessage> asked, RetrievalRecord? record) = await RetrieveAsync([.. messages], cancellationToken).ConfigureAwait(false);
        StringBuilder text = new();
        ChatResponseUpdate? last = null;
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(asked, options, cancellationToken).ConfigureAwait(false))
        {
            _ = text.Append(update.Text);
            last = update.MessageId is null && last?.MessageId is not null ? last : update;
            yield return update;
            Activity.Current = activity;
        }

        if (record is not null)
        {
            yield return await record.EndAsync(text.ToString(), last, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(IReadOnlyList<ChatMessage> Asked, RetrievalRecord? Record)> RetrieveAsync(List<ChatMessage> messages, CancellationToken cancellationToken)
    {
        int question = PassagePrompt.Question(messages);
        if (question < 0)
        {
            return (messages, null);
        }

        string query = messages[question].Text;
        IReadOnlyList<RetrievedPassage> passages = await Retriever.RetrieveAsync(query, _options, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ChatMessage> asked = passages.Count > 0 ? PassagePrompt.Insert(messages, question, PassagePrompt.Write(Instructions, passages))
            : WhenNothingFound switch
            {
                NothingFoundBehavior.Throw => throw new PassagesNotFoundException(query),
                NothingFoundBehavior.AskUnchanged => messages,
                _ => PassagePrompt.Insert(messages, question, PassagePrompt.NothingFound),
            };
        return (asked, new(query, passages, Grounding));
    }
}
