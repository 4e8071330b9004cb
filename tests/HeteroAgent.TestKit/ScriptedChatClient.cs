using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace HeteroAgent.TestKit;

/// <summary>A client that answers as the test says and remembers what it was asked. Thread-safe.</summary>
public sealed class ScriptedChatClient : IChatClient
{
    private readonly ConcurrentQueue<ReceivedCall> _calls = new();
    private readonly ConcurrentQueue<Func<ReceivedCall, ChatResponse>> _script = new();
    private volatile bool _disposed;

    /// <summary>Creates a client that answers each call with the same text.</summary>
    public ScriptedChatClient(string text = "scripted", string modelId = "scripted-model")
    {
        ModelId = modelId;
        OnResponse = (_, _) => Task.FromResult(Answer(text));
    }

    public string ModelId { get; }

    /// <summary>Answers calls that no scripted answer is left for; streaming uses it too unless <see cref="OnStream"/> is set.</summary>
    public Func<ReceivedCall, CancellationToken, Task<ChatResponse>> OnResponse { get; set; }

    public Func<ReceivedCall, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>>? OnStream { get; set; }

    public ChatClientMetadata? Metadata { get; set; } = new("scripted", null, "scripted-model");

    public IReadOnlyList<ReceivedCall> Calls => [.. _calls];

    public int DisposeCount { get; private set; }

    /// <summary>Adds answers that are given once each, in order, before <see cref="OnResponse"/> is asked.</summary>
    public ScriptedChatClient Then(params ReadOnlySpan<ChatResponse> answers)
    {
        foreach (ChatResponse answer in answers)
        {
            _script.Enqueue(_ => answer);
        }

        return this;
    }

    public ScriptedChatClient ThenThrow(Exception exception)
    {
        _script.Enqueue(_ => throw exception);
        return this;
    }

    /// <summary>A complete answer: text, usage, ids, model and finish reason.</summary>
    public ChatResponse Answer(string text, Confidence? confidence = null, long input = 10, long output = 5, ChatFinishReason? finish = null) =>
        Answer([new TextContent(text)], confidence, input, output, finish);

    public ChatResponse Answer(IList<AIContent> contents, Confidence? confidence = null, long input = 10, long output = 5, ChatFinishReason? finish = null)
    {
        ChatMessage message = new(ChatRole.Assistant, contents) { MessageId = Guid.NewGuid().ToString("N") };
        ChatResponse response = new(message)
        {
            ResponseId = Guid.NewGuid().ToString("N"),
            ModelId = ModelId,
            CreatedAt = DateTimeOffset.UnixEpoch,
            FinishReason = finish ?? (contents.Any(static c => c is FunctionCallContent) ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop),
            Usage = new() { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output },
        };
        if (confidence is not null)
        {
            (response.AdditionalProperties ??= []).SetConfidence(confidence);
            (message.AdditionalProperties ??= []).SetConfidence(confidence);
        }

        return response;
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await RespondAsync(Receive(messages, options, isStreaming: false), cancellationToken);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return StreamAsync(messages, options, cancellationToken);
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? Metadata : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose()
    {
        _disposed = true;
        DisposeCount++;
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ReceivedCall call = Receive(messages, options, isStreaming: true);
        if (OnStream is { } stream)
        {
            await foreach (ChatResponseUpdate update in stream(call, cancellationToken))
            {
                yield return update;
            }

            yield break;
        }

        foreach (ChatResponseUpdate update in (await RespondAsync(call, cancellationToken)).ToChatResponseUpdates())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return update;
        }
    }

    private async Task<ChatResponse> RespondAsync(ReceivedCall call, CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return _script.TryDequeue(out Func<ReceivedCall, ChatResponse>? next) ? next(call) : await OnResponse(call, cancellationToken);
    }

    private ReceivedCall Receive(IEnumerable<ChatMessage> messages, ChatOptions? options, bool isStreaming)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        ReceivedCall call = new([.. messages], options, isStreaming);
        _calls.Enqueue(call);
        return call;
    }
}
