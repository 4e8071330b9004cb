namespace HeteroAgent.LlamaCpp;

/// <summary>Keeps other processes, and other trainings of this one, from training into the same file.</summary>
internal sealed class TrainingOutput : IDisposable
{
    private readonly FileStream _lock;

    private TrainingOutput(FileStream file) => _lock = file;

    /// <exception cref="TuningException">Somebody else is training into the file, or its folder cannot be written.</exception>
    internal static TrainingOutput Take(string output)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(output);
        string full = Path.GetFullPath(output);
        string path = full + ".lock";
        if (Path.GetDirectoryName(full) is { } folder && !Directory.Exists(folder))
        {
            throw new TuningException(TuningFailure.NotWritten, $"There is no folder '{folder}' to write '{Path.GetFileName(full)}' into.");
        }

        if (Directory.Exists(full))
        {
            throw new TuningException(TuningFailure.NotWritten, $"'{full}' is a folder; name the file to write.");
        }

        try
        {
            return new TrainingOutput(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
        }
        catch (IOException e)
        {
            throw new TuningException(TuningFailure.OutputInUse, $"'{full}' is being trained into by another process: '{path}' is in use.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new TuningException(TuningFailure.NotWritten, $"'{path}' may not be written: {e.Message}", e);
        }
    }

    public void Dispose() => _lock.Dispose();
}
