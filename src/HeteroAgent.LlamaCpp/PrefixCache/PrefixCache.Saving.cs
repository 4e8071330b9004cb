namespace HeteroAgent.LlamaCpp;

internal sealed partial class PrefixCache
{
    private const string TemporaryExtension = ".tmp";
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly HashSet<Task> _writing = [];

    /// <summary>Writes a file on a thread of the pool and makes room for it. Never fails.</summary>
    /// <param name="key">The key of the model and the adapter.</param>
    /// <param name="tokens">The prefix.</param>
    /// <param name="file">The file with its state, still without its checksum.</param>
    /// <returns>Whether it was written.</returns>
    internal Task<bool> SaveAsync(byte[] key, int[] tokens, byte[] file)
    {
        if (file.Length > _maxBytes)
        {
            return Task.FromResult(false);
        }

        lock (_gate)
        {
            Task<bool> writing = Task.Run(() => Save(key, tokens, file));
            _writing.Add(writing);
            writing.ContinueWith(Ended, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return writing;
        }
    }

    /// <summary>Waits for files that are being written.</summary>
    public void Dispose()
    {
        Task[] writing;
        lock (_gate)
        {
            writing = [.. _writing];
        }

        Task.WaitAll(writing, LongestWait);
    }

    private bool Save(byte[] key, int[] tokens, byte[] file)
    {
        string path = Path.Combine(_folder, FileName(key, tokens));
        try
        {
            PrefixFile.Seal(file);
            Write(path, file);
            lock (_gate)
            {
                _known[path] = new SavedPrefix(path, key, tokens);
            }

            Evict(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk or a folder that may only be read: the next start decodes the prompt again.
            LlamaEvents.PrefixCacheFault(_model.Logger, e, _model.Name, path);
            return false;
        }
    }

    private void Ended(Task writing)
    {
        lock (_gate)
        {
            _writing.Remove(writing);
        }
    }

    /// <summary>Under another name first, so that nobody ever sees half a file.</summary>
    private static void Write(string path, byte[] file)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}{TemporaryExtension}";
        try
        {
            // What people ask can be read off the tokens.
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (FileStream stream = new(temporary, options))
            {
                stream.Write(file);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Deletes the files that were used longest ago, of whichever model, until the rest is small enough.</summary>
    private void Evict(string latest)
    {
        DirectoryInfo folder = new(_folder);
        foreach (FileInfo abandoned in folder.EnumerateFiles("*" + TemporaryExtension).Where(f => f.LastWriteTimeUtc < DateTime.UtcNow - AbandonedAfter))
        {
            abandoned.Delete();
        }

        FileInfo[] files = [.. folder.EnumerateFiles("*" + PrefixFile.Extension)];
        long total = files.Sum(f => f.Length);
        foreach (FileInfo oldest in files.Where(f => f.FullName != latest).OrderBy(f => f.LastWriteTimeUtc))
        {
            if (total <= _maxBytes)
            {
                return;
            }

            total -= oldest.Length;
            lock (_gate)
            {
                Delete(oldest.FullName);
            }
        }
    }
}
