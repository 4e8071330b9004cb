using System.ClientModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace HeteroAgent.OpenAI;

/// <summary>The OpenAI chat client of Microsoft.Extensions.AI, made to work with any server that speaks the chat completions protocol: OpenAI, DeepSeek, vLLM, llama-server, Ollama.</summary>
/// <remarks>
/// <para>Thread-safe. It never runs a tool; it returns <see cref="FunctionCallContent"/>. What the protocol has no place for is refused instead of left out.</para>
/// <para>An HTTP error status is a <see cref="ClientResultException"/> once the OpenAI package's own retries (three by default, honouring <c>Retry-After</c>) are spent. A malformed answer, a stream that breaks, a server that cannot be reached or is too slow is an <see cref="OpenAICompatibleException"/>.</para>
/// <para><see cref="ChatOptions.RawRepresentationFactory"/> may return a <see cref="ChatCompletionOptions"/>; what it sets is kept. With <see cref="RequestPropertyNames.Logprobs"/> set to <see langword="true"/> in <see cref="ChatOptions.AdditionalProperties"/>, and a server that returns log-probabilities, the response carries a <see cref="Confidence"/>.</para>
/// </remarks>
public sealed class OpenAICompatibleChatClient : DelegatingChatClient
{
    private readonly ChatClientMetadata _metadata;
    private volatile bool _disposed;

    /// <summary>Creates a client for a server.</summary>
    /// <param name="endpoint">The address up to and including the version, such as <c>https://api.openai.com/v1</c>, <c>https://api.deepseek.com/v1</c> or <c>http://localhost:11434/v1</c>.</param>
    /// <param name="model">The model's id.</param>
    /// <param name="apiKey">The key; <see langword="null"/> for a server that asks for none.</param>
    /// <exception cref="ArgumentException">The endpoint is not an absolute http or https address, or the model is empty.</exception>
    public OpenAICompatibleChatClient(Uri endpoint, string model, string? apiKey = null)
        : this(Create(endpoint, model, apiKey))
    {
    }

    /// <summary>Creates a client over one of the OpenAI package.</summary>
    /// <param name="client">The client, with its own endpoint, retries and timeout.</param>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is <see langword="null"/>.</exception>
    public OpenAICompatibleChatClient(ChatClient client)
        : base((client ?? throw new ArgumentNullException(nameof(client))).AsIChatClient())
    {
        ChatClientMetadata? inner = InnerClient.GetService<ChatClientMetadata>();
        string host = inner?.ProviderUri?.Host ?? "";
        bool isOpenAI = IsOf(host, "openai.com") || IsOf(host, "openai.azure.com");
        bool isDeepSeek = IsOf(host, "deepseek.com");
        _metadata = new(isOpenAI ? "openai" : isDeepSeek ? "deepseek" : "openai-compatible", inner?.ProviderUri, inner?.DefaultModelId);
        UsesMaxCompletionTokens = isOpenAI;
        StructuredOutput = isDeepSeek ? StructuredOutputMode.JsonObject : StructuredOutputMode.JsonSchema;
    }

    /// <summary>Gets how a JSON Schema reaches the server.</summary>
    /// <value>Default <see cref="StructuredOutputMode.JsonSchema"/>; <see cref="StructuredOutputMode.JsonObject"/> for DeepSeek's own address.</value>
    public StructuredOutputMode StructuredOutput { get; init; }

    /// <summary>Gets whether the token limit is sent as <c>max_completion_tokens</c>, which OpenAI prescribes, instead of <c>max_tokens</c>, which the other servers know; <c>top_k</c> is sent to the others alone.</summary>
    /// <value>Default <see langword="true"/> for OpenAI's and Azure's own addresses, otherwise <see langword="false"/>.</value>
    public bool UsesMaxCompletionTokens { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="UnsupportedContentException">A message or an option holds what the protocol has no place for.</exception>
    /// <exception cref="ClientResultException">The server answered with an error status.</exception>
    /// <exception cref="OpenAICompatibleException">The server did not answer as the protocol prescribes.</exception>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(messages);
        cancellationToken.ThrowIfCancellationRequested();
        (List<ChatMessage> request, ChatOptions sent, ResponseReader reader) = Prepare(messages, options);
        try
        {
            return reader.Read(await InnerClient.GetResponseAsync(request, sent, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (ServerFaults.Translate(e, _metadata.ProviderUri, isStreaming: false, cancellationToken) is { } fault)
        {
            throw fault;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="UnsupportedContentException">A message or an option holds what the protocol has no place for.</exception>
    /// <exception cref="ClientResultException">The server answered with an error status.</exception>
    /// <exception cref="OpenAICompatibleException">The server did not answer as the protocol prescribes, or the stream broke.</exception>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(messages);
        return StreamAsync(messages, options, cancellationToken);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(ChatClientMetadata) ? _metadata : base.GetService(serviceType, serviceKey);

    /// <summary>Refuses further calls. The OpenAI package's client holds nothing to release.</summary>
    /// <param name="disposing">Whether the call comes from <see cref="IDisposable.Dispose"/>.</param>
    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        base.Dispose(disposing);
    }

    private static ChatClient Create(Uri endpoint, string model, string? apiKey)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        return endpoint is { IsAbsoluteUri: true, Scheme: "http" or "https" }
            ? new(model, new ApiKeyCredential(string.IsNullOrEmpty(apiKey) ? "none" : apiKey), new OpenAIClientOptions { Endpoint = endpoint })
            : throw new ArgumentException($"'{endpoint}' is not the address of a server; expected something like https://api.openai.com/v1.", nameof(endpoint));
    }

    private static bool IsOf(string host, string domain) => host.Equals(domain, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);

    private void Check(IEnumerable<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
    }

    private (List<ChatMessage> Messages, ChatOptions Options, ResponseReader Reader) Prepare(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ChatCompletionOptions raw = options?.RawRepresentationFactory?.Invoke(this) as ChatCompletionOptions ?? new();
        ResponseSchema? schema = raw.ResponseFormat is null ? ResponseSchema.Create(options?.ResponseFormat, StructuredOutput) : null;
        return (RequestMessages.Create(messages, schema?.Instructions),
            RequestOptions.Create(options, raw, schema, UsesMaxCompletionTokens),
            new(schema, options?.ModelId ?? _metadata.DefaultModelId ?? "", _metadata.ProviderUri));
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Activity? activity = Activity.Current;
        cancellationToken.ThrowIfCancellationRequested();
        (List<ChatMessage> request, ChatOptions sent, ResponseReader reader) = Prepare(messages, options);
        IAsyncEnumerator<ChatResponseUpdate> updates = InnerClient.GetStreamingResponseAsync(request, sent, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (updates.ConfigureAwait(false))
        {
            bool hasStarted = false;
            while (true)
            {
                ChatResponseUpdate? update;
                try
                {
                    if (!await updates.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }

                    hasStarted = true;
                    update = reader.Read(updates.Current);
                }
                catch (Exception e) when (ServerFaults.Translate(e, _metadata.ProviderUri, hasStarted, cancellationToken) is { } fault)
                {
                    throw fault;
                }

                if (update is not null)
                {
                    yield return update;
                    Activity.Current = activity;
                }
            }
        }

        yield return reader.End();
        Activity.Current = activity;
    }
}
