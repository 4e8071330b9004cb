namespace HeteroAgent.LlamaCpp;

/// <summary>A LoRA adapter that was loaded beside a model, to be used by any number of chat clients of that model.</summary>
/// <remarks>
/// <para>From <see cref="LlamaModel.LoadAdapterAsync"/>; <see cref="LlamaModel.AsIChatClient(LlamaAdapter)"/> gives a client that
/// decodes with it. Clients with different adapters share the model's weights and its context; what one adapter left in the cache
/// is never used for another. LoRA: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022.</para>
/// <para>Safe for any number of threads. Disposing it ends the requests that run with it with <see cref="ObjectDisposedException"/>;
/// disposing the model disposes it too.</para>
/// </remarks>
public sealed class LlamaAdapter : IDisposable, IAsyncDisposable
{
    private int _disposed;

    internal LlamaAdapter(LlamaModel model, GgufFile file, LlamaAdapterHandle handle)
    {
        Model = model;
        File = file;
        Handle = handle;
    }

    /// <summary>Gets the model that the adapter was loaded beside.</summary>
    public LlamaModel Model { get; }

    /// <summary>Gets what the file says of the adapter.</summary>
    public GgufFile File { get; }

    /// <summary>Gets the file that the adapter was loaded from.</summary>
    public string Path => File.Path!;

    /// <summary>Gets the adapter's name: <c>general.name</c> of the file, else the file's name.</summary>
    public string Name => File.Name ?? System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>What responses name as their model.</summary>
    internal string ModelId => $"{Model.Name}+{Name}";

    internal LlamaAdapterHandle Handle { get; }

    internal bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Ends the requests that run with this adapter, waits for the step that is being decoded, and frees the native memory.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Model.Unload(this);
            Handle.Dispose();
        }
    }

    /// <summary>Does what <see cref="Dispose"/> does, without blocking the caller.</summary>
    /// <returns>A task that ends when everything is freed.</returns>
    public ValueTask DisposeAsync() => new(Task.Run(Dispose));
}
