using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

public sealed partial class LlamaModel
{
    private readonly Lock _gate = new();
    private readonly List<IDisposable> _owned = [];
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

    /// <summary>Makes a chat client on this model that decodes with an adapter. It owns neither.</summary>
    /// <param name="adapter">An adapter of this model, from <see cref="LoadAdapterAsync"/>.</param>
    /// <returns>The client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="adapter"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The adapter was loaded beside another model.</exception>
    /// <exception cref="UnsupportedChatTemplateException">The model has no chat template, or one that is not known.</exception>
    /// <exception cref="ObjectDisposedException">The model or the adapter is disposed.</exception>
    public IChatClient AsIChatClient(LlamaAdapter adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        ObjectDisposedException.ThrowIf(_disposed, this);
        ObjectDisposedException.ThrowIf(adapter.IsDisposed, adapter);
        return new LlamaChatClient(this, adapter);
    }

    /// <summary>The scheduler, created with its native context at the first request that generates.</summary>
    internal LlamaScheduler Scheduler => Own(() => new LlamaScheduler(this));

    /// <summary>Gets the part of this type that belongs to the model, created at first use and disposed before the model.</summary>
    internal T Own<T>(Func<T> create)
        where T : class, IDisposable
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            foreach (IDisposable part in _owned)
            {
                if (part is T found)
                {
                    return found;
                }
            }

            T created = create();
            _owned.Add(created);
            return created;
        }
    }

    /// <summary>Ends the running requests and frees the native memory, also that of the adapters.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        LlamaAdapter[] adapters = Adapters();

        // Nothing is added any more; disposing waits for threads, so it happens outside the lock.
        _owned.ForEach(part => part.Dispose());
        Array.ForEach(adapters, adapter => adapter.Dispose());
        _reference.Dispose();
        LlamaEvents.ModelDisposed(Logger, Name);
    }

    /// <summary>Ends the running requests and frees the native memory, without blocking the caller.</summary>
    /// <returns>A task that ends when everything is freed.</returns>
    public ValueTask DisposeAsync() => new(Task.Run(Dispose));
}
