namespace HeteroAgent.LlamaCpp;

public sealed partial class LlamaModel
{
    private readonly List<LlamaAdapter> _adapters = [];

    /// <summary>Loads a LoRA adapter beside this model, whose weights are neither changed nor loaded again. Any number of adapters may be loaded.</summary>
    /// <param name="path">A GGUF file of type <c>adapter</c> that was made for this model.</param>
    /// <param name="cancellationToken">Ends the loading before native code has the file.</param>
    /// <returns>The adapter. Disposing it, or this model, frees it.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="GgufException">The file is damaged, is no LoRA adapter, or was made for another model.</exception>
    /// <exception cref="LlamaModelException">The native library refused the adapter.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<LlamaAdapter> LoadAdapterAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Task.Run(() => LoadAdapter(System.IO.Path.GetFullPath(path), cancellationToken), cancellationToken);
    }

    /// <summary>Takes an adapter out of the scheduler, before its native memory is freed.</summary>
    internal void Unload(LlamaAdapter adapter)
    {
        LlamaScheduler? scheduler;
        lock (_gate)
        {
            _adapters.Remove(adapter);
            scheduler = _owned.OfType<LlamaScheduler>().FirstOrDefault();
        }

        scheduler?.Unload(adapter);
    }

    private LlamaAdapter[] Adapters()
    {
        lock (_gate)
        {
            return [.. _adapters];
        }
    }

    private LlamaAdapter LoadAdapter(string path, CancellationToken cancellationToken)
    {
        GgufFile file = GgufFile.Read(path);
        AdapterCheck.RequireFits(file, File);
        LoraFingerprint.RequireFits(file, File);
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        LlamaAdapter adapter = new(this, file, LlamaAdapterHandle.Load(Handle, path));
        lock (_gate)
        {
            if (!_disposed)
            {
                _adapters.Add(adapter);
                LlamaEvents.AdapterLoaded(Logger, adapter.Name, Name);
                return adapter;
            }
        }

        adapter.Dispose();
        throw new ObjectDisposedException(Name);
    }
}
