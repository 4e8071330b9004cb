using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>The chat client of a model that may still be loading: requests wait for it. Does not own the model.</summary>
internal sealed class DeferredChatClient(LlamaModelHost host) : IChatClient
{
    private readonly ChatClientMetadata _metadata = new("llama.cpp", providerUri: null, host.Options.ModelId);
    private IChatClient? _client;
    private volatile bool _disposed;

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        IChatClient client = await ClientAsync(cancellationToken).ConfigureAwait(false);
        return await client.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return StreamAsync(messages, options, cancellationToken);
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(host) ? host
            : host.Model is { } model && serviceType.IsInstanceOfType(model) ? model
            : _client?.GetService(serviceType);
    }

    public void Dispose() => _disposed = true;

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IChatClient client = await ClientAsync(cancellationToken).ConfigureAwait(false);
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    private async ValueTask<IChatClient> ClientAsync(CancellationToken cancellationToken)
    {
        LlamaModel model = await host.GetAsync(cancellationToken).ConfigureAwait(false);
        return _client ??= model.AsIChatClient();
    }
}
