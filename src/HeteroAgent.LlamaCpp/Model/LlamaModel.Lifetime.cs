using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

public sealed partial class LlamaModel
{
    private readonly Lock _gate = new();
    private LlamaScheduler? _scheduler;
    private bool _disposed;

    /// <summary>Makes a chat client on this model. Clients are light, share the model's cache and batches, and do not own the model.</summary>
    /// <returns>The client.</returns>
    /// <exception cref="UnsupportedChatTemplateException">The model has no chat template, or one that is not known.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public IChatClient AsIChatClient()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new LlamaChatClient(this);
    }

    /// <summary>The scheduler, created with its native context at the first request that generates.</summary>
    internal LlamaScheduler Scheduler
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                return _scheduler ??= new LlamaScheduler(this);
            }
        }
    }

    /// <summary>Ends the running requests and frees the native memory.</summary>
    public void Dispose()
    {
        LlamaScheduler? scheduler;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            scheduler = _scheduler;
        }

        scheduler?.Dispose();
        Handle.Dispose();
    }

    /// <summary>Ends the running requests and frees the native memory, without blocking the caller.</summary>
    /// <returns>A task that ends when everything is freed.</returns>
    public ValueTask DisposeAsync() => new(Task.Run(Dispose));
}
