using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>Sends text as a model of a given speed would, in the time of a <see cref="VirtualClock"/>. Nothing waits, so a replay is the same on every machine.</summary>
internal sealed class ReplayedChatClient(VirtualClock clock, double firstTokenSeconds, double tokensPerSecond, Func<string> text) : IChatClient
{
    /// <summary>The tokens sent so far.</summary>
    internal int SentTokens { get; private set; }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        clock.Seconds += firstTokenSeconds;
        foreach (string chunk in RecordedTrace.Chunks(text()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            clock.Seconds += 1 / tokensPerSecond;
            SentTokens++;
            yield return new(ChatRole.Assistant, chunk) { MessageId = "message", ResponseId = "response", ModelId = "replayed" };
        }

        yield return new(ChatRole.Assistant, []) { MessageId = "message", ResponseId = "response", ModelId = "replayed", FinishReason = ChatFinishReason.Stop };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
