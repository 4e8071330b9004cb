using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>An <see cref="IChatClient"/> over a GGUF model in this process.</summary>
/// <remarks>
/// <para>Safe for any number of concurrent requests: they are decoded together, and share the cache of their common prefixes
/// (<see cref="UsageDetails.CachedInputTokenCount"/>). The default temperature is 0: greedy and repeatable.</para>
/// <para>Structured output: a <see cref="ChatResponseFormatJson"/> and the required tool modes are decoded under a grammar,
/// so that the answer always validates, without white space, keys in the schema's order; stop sequences do not apply to it.
/// A schema with a keyword that is not supported is refused. Where a schema allows only a few documents (at most 1,024, such as
/// one enum), they are scored in one batch instead, and the response carries the probability of each.</para>
/// <para>Tools are offered in the system prompt and only declared: calls come back as <see cref="FunctionCallContent"/>, and
/// nothing is invoked here. Control tokens written in messages stay ordinary text.</para>
/// <para>With a <see cref="LlamaAdapter"/> its requests are decoded by the model and the adapter together; clients with other
/// adapters, or with none, run beside it on the same model.</para>
/// <para>Every response carries its <see cref="Confidence"/>; disposing the client does not dispose the model.</para>
/// </remarks>
public sealed class LlamaChatClient : IChatClient
{
    private readonly LlamaModel _model;
    private readonly LlamaAdapter? _adapter;
    private readonly ChatTemplate _template;
    private readonly ChatClientMetadata _metadata;
    private volatile bool _disposed;

    /// <summary>Creates a client on a model.</summary>
    /// <param name="model">The model, which stays the caller's.</param>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is <see langword="null"/>.</exception>
    /// <exception cref="UnsupportedChatTemplateException">The model has no chat template, or one that is not known.</exception>
    public LlamaChatClient(LlamaModel model)
        : this(model, null)
    {
    }

    /// <summary>Creates a client on a model that decodes with an adapter.</summary>
    /// <param name="model">The model, which stays the caller's.</param>
    /// <param name="adapter">An adapter that was loaded beside this model, and stays the caller's; <see langword="null"/> for the model alone.</param>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The adapter was loaded beside another model.</exception>
    /// <exception cref="UnsupportedChatTemplateException">The model has no chat template, or one that is not known.</exception>
    public LlamaChatClient(LlamaModel model, LlamaAdapter? adapter)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (adapter is not null && adapter.Model != model)
        {
            throw new ArgumentException($"The adapter {adapter.Name} was loaded beside the model {adapter.Model.Name} ({adapter.Model.Origin}) and cannot be used on another LlamaModel, here {model.Name}: load it with LoadAdapterAsync of that model.", nameof(adapter));
        }

        _model = model;
        _adapter = adapter;
        _template = model.CreateTemplate();
        _metadata = new ChatClientMetadata("llama.cpp", providerUri: null, adapter?.ModelId ?? model.Name);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The conversation is empty, or an option has a value that is not accepted.</exception>
    /// <exception cref="ContextOverflowException">The prompt does not fit into the context.</exception>
    /// <exception cref="ModelBusyException">The model's queue is full, or the request was not started within <see cref="LlamaModelOptions.MaxQueueTime"/>.</exception>
    /// <exception cref="JsonSchemaException">A schema is impossible or uses a keyword that is not supported.</exception>
    /// <exception cref="UnsupportedContentException">A message holds content that is not text, a tool call or a tool result.</exception>
    /// <exception cref="LlamaModelException">Decoding failed.</exception>
    /// <exception cref="ObjectDisposedException">The client, the model or the adapter is disposed.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatGeneration generation = await StartAsync(messages, options, streamed: false, cancellationToken).ConfigureAwait(false);
        await foreach (GeneratedToken token in generation.Request.Output.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            generation.Add(token);
        }

        return generation.ToResponse();
    }

    /// <inheritdoc/>
    /// <remarks>The same exceptions as those of <see cref="GetResponseAsync"/>, when the enumeration starts. Text that may turn out to be a tool call is held back until that is known.</remarks>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatGeneration generation = await StartAsync(messages, options, streamed: true, cancellationToken).ConfigureAwait(false);
        try
        {
            await foreach (GeneratedToken token in generation.Request.Output.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                generation.Add(token);
                if (generation.TakeText() is { Length: > 0 } text)
                {
                    yield return generation.Update(text);
                }
            }

            foreach (ChatResponseUpdate update in generation.LastUpdates())
            {
                yield return update;
            }
        }
        finally
        {
            // A caller that stops enumerating wants no more tokens.
            generation.Request.Abandon();
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        LeafServices.Find(serviceType, serviceKey, this, _metadata, _model) ?? (_adapter is not null && serviceKey is null && serviceType.IsInstanceOfType(_adapter) ? _adapter : null);

    /// <summary>Refuses later requests. The model is not disposed.</summary>
    public void Dispose() => _disposed = true;

    private async Task<ChatGeneration> StartAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, bool streamed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<ChatMessage> conversation = [.. messages];
        LlamaSamplingOptions? raw = options?.RawRepresentationFactory?.Invoke(this) as LlamaSamplingOptions;

        // Creating the native context takes a moment, and so may a large schema or prompt: not on the caller's thread.
        return await Task.Run(
            () =>
            {
                ChatGeneration generation = ChatGeneration.Create(_model, _adapter, _template, conversation, options, raw, streamed, cancellationToken);
                _model.Scheduler.Submit(generation.Request);
                return generation;
            },
            cancellationToken).ConfigureAwait(false);
    }
}
