namespace HeteroAgent.LlamaCpp;

/// <summary>Replaces a file as a whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>Writes beside the target, flushes to the disk and renames.</summary>
    /// <exception cref="TuningException">It could not be written. What stood there is untouched, and nothing is left beside it.</exception>
    internal static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string beside = $"{full}.{Environment.ProcessId}.part";
        try
        {
            using (FileStream stream = new(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, full, overwrite: true);
        }
        catch (Exception e)
        {
            Delete(beside);
            if (e is IOException or UnauthorizedAccessException)
            {
                throw new TuningException(TuningFailure.NotWritten, $"'{full}' could not be written: {e.Message} What stood there before is untouched.", e);
            }

            throw;
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report.
        }
    }
}
