using System.ClientModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace HeteroAgent.OpenAI;

/// <summary>The client of Microsoft.Extensions.AI.OpenAI for any server that speaks OpenAI's chat completions protocol: OpenAI, DeepSeek, vLLM, llama-server, Ollama.</summary>
/// <remarks>
/// <para>It adds what that client lacks: <c>max_tokens</c> and <c>top_k</c>, schemas in words for servers that take none, schemas whose root is no object, log-probabilities as a <see cref="Confidence"/>, and typed faults. It never runs a tool; it returns <see cref="FunctionCallContent"/>.</para>
/// <para>Thread-safe. An HTTP error status is a <see cref="ClientResultException"/> once the OpenAI package's own retries (three by default, honouring <c>Retry-After</c>) are spent. A malformed answer, a stream that breaks, a server that cannot be reached or is too slow is an <see cref="OpenAICompatibleException"/>.</para>
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
        string host = client.Endpoint.Host;
        bool isOpenAI = IsOf(host, "openai.com") || IsOf(host, "openai.azure.com");
        bool isDeepSeek = IsOf(host, "deepseek.com");
        _metadata = new(isOpenAI ? "openai" : isDeepSeek ? "deepseek" : "openai-compatible", client.Endpoint, client.Model);
        UsesMaxCompletionTokens = isOpenAI;
        StructuredOutput = isDeepSeek ? StructuredOutputMode.JsonObject : StructuredOutputMode.JsonSchema;
    }

    /// <summary>Gets how a JSON Schema reaches the server.</summary>
    /// <value>Default <see cref="StructuredOutputMode.JsonSchema"/>; <see cref="StructuredOutputMode.JsonObject"/> for DeepSeek's own address.</value>
    public StructuredOutputMode StructuredOutput { get; init; }

    /// <summary>Gets whether the token limit is sent as <c>max_completion_tokens</c>, which OpenAI prescribes, instead of <c>max_tokens</c>, which the other servers know.</summary>
    /// <value>Default <see langword="true"/> for OpenAI's and Azure's own addresses, otherwise <see langword="false"/>.</value>
    public bool UsesMaxCompletionTokens { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="UnsupportedContentException">A message or an option holds what the protocol has no place for.</exception>
    /// <exception cref="ClientResultException">The server answered with an error status.</exception>
    /// <exception cref="OpenAICompatibleException">The server did not answer as the protocol prescribes.</exception>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(messages, cancellationToken);
        ResponseSchema? schema = ResponseSchema.Create(options?.ResponseFormat);
        List<ChatMessage> request = RequestMessages.Create(messages);
        ChatOptions sent = RequestOptions.Create(this, options, schema);
        try
        {
            ChatResponse response = await InnerClient.GetResponseAsync(request, sent, cancellationToken).ConfigureAwait(false);
            return AnswerReader.Read(response, schema, _metadata.DefaultModelId);
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
        Check(messages, CancellationToken.None);
        return StreamAsync(messages, options, cancellationToken);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is null && serviceType == typeof(ChatClientMetadata) ? _metadata : base.GetService(serviceType, serviceKey);
    }

    /// <inheritdoc/>
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

    private void Check(IEnumerable<ChatMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Activity? activity = Activity.Current;
        cancellationToken.ThrowIfCancellationRequested();
        ResponseSchema? schema = ResponseSchema.Create(options?.ResponseFormat);
        List<ChatMessage> request = RequestMessages.Create(messages);
        StreamedAnswer answer = new(schema, options?.ModelId ?? _metadata.DefaultModelId, _metadata.ProviderUri);
        IAsyncEnumerator<ChatResponseUpdate> updates = InnerClient.GetStreamingResponseAsync(request, RequestOptions.Create(this, options, schema), cancellationToken).GetAsyncEnumerator(cancellationToken);
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
                    update = answer.Read(updates.Current);
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

        foreach (ChatResponseUpdate update in answer.End())
        {
            yield return update;
            Activity.Current = activity;
        }
    }
}
