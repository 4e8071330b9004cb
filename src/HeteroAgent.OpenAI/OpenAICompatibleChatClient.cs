using System.ClientModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace HeteroAgent.OpenAI;

/// <summary>An <see cref="IChatClient"/> over any server that speaks OpenAI's chat completions protocol: OpenAI, DeepSeek, vLLM, llama-server, Ollama.</summary>
/// <remarks>
/// <para>Thread-safe. It never runs a tool; it returns <see cref="FunctionCallContent"/>. A request holds only the fields that the caller asked for.</para>
/// <para>An HTTP error status is a <see cref="ClientResultException"/> once the OpenAI package's own retries (three by default, honouring <c>Retry-After</c>) are spent. A malformed answer, a stream that breaks, a server that cannot be reached or is too slow is an <see cref="OpenAICompatibleException"/>.</para>
/// <para><see cref="ChatOptions.RawRepresentationFactory"/> may return a <see cref="ChatCompletionOptions"/>; what it sets is kept. With <see cref="RequestPropertyNames.Logprobs"/> set to <see langword="true"/> in <see cref="ChatOptions.AdditionalProperties"/>, and a server that returns log-probabilities, the response carries a <see cref="Confidence"/>.</para>
/// </remarks>
public sealed class OpenAICompatibleChatClient : IChatClient
{
    private readonly ChatClient _client;
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
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
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
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(messages);
        cancellationToken.ThrowIfCancellationRequested();
        ResponseSchema? schema = ResponseSchema.Create(options?.ResponseFormat);
        List<global::OpenAI.Chat.ChatMessage> request = Request(messages, options, schema);
        ChatCompletionOptions raw = RequestOptions.Create(this, options, schema);
        try
        {
            ClientResult<ChatCompletion> result = await _client.CompleteChatAsync(request, raw, cancellationToken).ConfigureAwait(false);
            return Read(result.Value, schema);
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
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(messages);
        return StreamAsync(messages, options, cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(ChatClient) ? _client
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Refuses further calls. The OpenAI package's client holds nothing to release.</summary>
    public void Dispose() => _disposed = true;

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

    private List<global::OpenAI.Chat.ChatMessage> Request(IEnumerable<ChatMessage> messages, ChatOptions? options, ResponseSchema? schema) =>
        RequestMessages.Create(messages, options?.Instructions, StructuredOutput == StructuredOutputMode.JsonObject ? schema?.Instructions : null) is { Count: > 0 } request
            ? request
            : throw new ArgumentException("There are no messages; expected at least one.", nameof(messages));

    private ChatResponse Read(ChatCompletion completion, ResponseSchema? schema)
    {
        string id = string.IsNullOrEmpty(completion.Id) ? Guid.NewGuid().ToString("N") : completion.Id;
        string text = string.Concat(completion.Content.Select(static p => p.Text)) + completion.Refusal;
        AdditionalPropertiesDictionary? confidence = ResponseContents.Confidence(completion.ContentTokenLogProbabilities);
        ChatMessage message = new(ChatRole.Assistant, [])
        {
            MessageId = id,
            CreatedAt = ResponseContents.Created(completion.CreatedAt),
            RawRepresentation = completion,
            AdditionalProperties = confidence?.Clone(),
        };
        if ((schema?.Unwrap(text) ?? text) is { Length: > 0 } shown)
        {
            message.Contents.Add(new TextContent(shown));
        }

        foreach (ChatToolCall call in completion.ToolCalls)
        {
            message.Contents.Add(ResponseContents.Call(call.Id, call.FunctionName, call.FunctionArguments.ToString()));
        }

        Microsoft.Extensions.AI.ChatFinishReason finish = ResponseContents.Finish(completion.FinishReason);
        return new(message)
        {
            ResponseId = id,
            ModelId = string.IsNullOrEmpty(completion.Model) ? _metadata.DefaultModelId : completion.Model,
            CreatedAt = message.CreatedAt,
            // Some servers say "stop" where they call a tool.
            FinishReason = completion.ToolCalls.Count > 0 && finish == Microsoft.Extensions.AI.ChatFinishReason.Stop ? Microsoft.Extensions.AI.ChatFinishReason.ToolCalls : finish,
            Usage = ResponseContents.Usage(completion.Usage),
            RawRepresentation = completion,
            AdditionalProperties = confidence,
        };
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Activity? activity = Activity.Current;
        cancellationToken.ThrowIfCancellationRequested();
        ResponseSchema? schema = ResponseSchema.Create(options?.ResponseFormat);
        List<global::OpenAI.Chat.ChatMessage> request = Request(messages, options, schema);
        ChatCompletionOptions raw = RequestOptions.Create(this, options, schema);
        StreamAssembler assembler = new(schema, options?.ModelId ?? _metadata.DefaultModelId ?? "", _metadata.ProviderUri);
        IAsyncEnumerator<StreamingChatCompletionUpdate> chunks = _client.CompleteChatStreamingAsync(request, raw, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (chunks.ConfigureAwait(false))
        {
            bool hasStarted = false;
            while (true)
            {
                ChatResponseUpdate? update;
                try
                {
                    if (!await chunks.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }

                    hasStarted = true;
                    update = assembler.Read(chunks.Current);
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

        yield return assembler.End();
        Activity.Current = activity;
    }
}
