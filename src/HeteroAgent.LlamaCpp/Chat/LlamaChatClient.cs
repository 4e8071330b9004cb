using Microsoft.Extensions.AI;
namespace HeteroAgent.LlamaCpp;
/// <summary>x</summary>
public sealed class LlamaChatClient(LlamaModel model) : IChatClient
{
    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException(model.Name);
    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => null;
    /// <inheritdoc/>
    public void Dispose() { }
}
