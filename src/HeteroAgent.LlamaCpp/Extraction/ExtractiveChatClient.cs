using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>An <see cref="IChatClient"/> that answers a request with the tool call that an <see cref="ExtractiveModel"/> reads out of it, in one forward pass and without generating anything.</summary>
/// <remarks>
/// <para>The request is the text of the last user message, or the text under <see cref="RequestPropertyNames.SpanSource"/> in the options. Instructions, examples and earlier turns are not read, and sampling options have no effect.</para>
/// <para>
/// With tools in the options (modes <c>Auto</c>, <c>RequireAny</c> and <c>RequireSpecific</c>) the answer is a <see cref="FunctionCallContent"/>, and only the tools offered are considered: the model always calls, and its confidence says how sure it is. A value that has no parameter is left out; it is never given to another.
/// Otherwise it is compact JSON text: in the form of the <see cref="ChatResponseFormatJson"/>'s schema where there is one, else, and under the mode <c>None</c>, <c>{"tool":…,"args":{…}}</c>.
/// </para>
/// <para>
/// A schema is served when its properties are slots of a tool (names are compared without case, underscores and hyphens), the tool itself (an enum or const of tool names), or one object within that holds the slots; <c>anyOf</c> may join several tools.
/// Values are spans of the request, members of an enum where case does not count, or members of the closed sets that the model was trained for. What does not satisfy the schema is an <see cref="ExtractionException"/>, never made up.
/// </para>
/// <para>Output tokens in the usage are labels: one for the tool, one a word, and one for each closed slot of the tool. Every response carries its <see cref="Confidence"/>, whose probability is that of the whole call, and the spans (<see cref="ChatResponseExtractionExtensions.GetExtractedSpans"/>); <see cref="ChatResponse.RawRepresentation"/> is the <see cref="Extraction"/>.</para>
/// <para>Safe for any number of concurrent requests, which are decoded together. Disposing the client does not dispose the model.</para>
/// </remarks>
public sealed class ExtractiveChatClient : IChatClient
{
    private readonly ExtractiveModel _model;
    private readonly ExtractionPlanCache _plans;
    private readonly ChatClientMetadata _metadata;
    private volatile bool _disposed;

    /// <summary>Creates a client on a model.</summary>
    /// <param name="model">The model, which stays the caller's.</param>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is <see langword="null"/>.</exception>
    public ExtractiveChatClient(ExtractiveModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _plans = new ExtractionPlanCache(model.Schema);
        _metadata = new ChatClientMetadata("llama.cpp", providerUri: null, model.Name);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The request is empty, or a tool is required and none is offered.</exception>
    /// <exception cref="ExtractionException">The model cannot answer as the caller wants it; <see cref="ExtractionException.Failure"/> says why.</exception>
    /// <exception cref="JsonSchemaException">A schema is malformed or uses a keyword that is not supported.</exception>
    /// <exception cref="ContextOverflowException">The request has more tokens than the model can read.</exception>
    /// <exception cref="UnsupportedContentException">The request holds content that is not text.</exception>
    /// <exception cref="LlamaModelException">The native library failed.</exception>
    /// <exception cref="ObjectDisposedException">The client or the model is disposed.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        string request = UserRequest.Read([.. messages], options, static role => new ExtractionException(
            ExtractionFailure.NoRequest,
            $"The conversation ends with a message of the role '{role}'. An extractive model reads a call out of a user's request and cannot go on from anything else."));
        ExtractionPlan plan = _plans.Get(options);
        Extraction extraction = await _model.ExtractAmongAsync(request, plan.Tools, cancellationToken).ConfigureAwait(false);
        bool withLogprobs = options?.AdditionalProperties?.TryGetValue(RequestPropertyNames.Logprobs, out bool wanted) == true && wanted;
        return ExtractionAnswer.Create(_model, plan, extraction, withLogprobs);
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
        LeafServices.Find(serviceType, serviceKey, this, _metadata, _model);

    /// <summary>Refuses later requests. The model is not disposed.</summary>
    public void Dispose() => _disposed = true;

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChatResponse response = await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        foreach (ChatResponseUpdate update in response.ToChatResponseUpdates())
        {
            yield return update;
        }
    }
}
