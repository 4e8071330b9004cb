namespace HeteroAgent.LlamaCpp;

/// <summary>A prefix that lies on the disk: its tokens are known, its state is read when it is needed. Safe for any number of threads.</summary>
internal sealed class SavedPrefix(string path, byte[] key, int[] tokens)
{
    private readonly Lock _gate = new();
    private readonly WeakReference<Task<byte[]?>> _loading = new(Task.FromResult<byte[]?>(null));

    internal string Path => path;

    internal ReadOnlySpan<byte> Key => key;

    internal ReadOnlySpan<int> Tokens => tokens;

    /// <summary>Reads the file on a thread of the pool; requests that want it at the same time share one reading, and the bytes go when they do.</summary>
    /// <param name="cache">Where a file that is not sound is discarded.</param>
    /// <param name="done">Called when the task has ended.</param>
    /// <returns>The file's bytes, or null where they cannot be used. Never fails.</returns>
    internal Task<byte[]?> LoadAsync(PrefixCache cache, Action done)
    {
        lock (_gate)
        {
            if (!_loading.TryGetTarget(out Task<byte[]?>? task) || task.IsCompleted)
            {
                task = Task.Run(() => cache.Read(this));
                _loading.SetTarget(task);
            }

            // Not a continuation of the task itself, which would keep the bytes alive for no longer but wake before it has ended.
            task.GetAwaiter().OnCompleted(done);
            return task;
        }
    }
}
