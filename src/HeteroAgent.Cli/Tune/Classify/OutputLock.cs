namespace HeteroAgent.Cli;

/// <summary>Keeps other processes from training into the same file.</summary>
internal sealed class OutputLock : IDisposable
{
    private readonly FileStream _file;

    private OutputLock(FileStream file) => _file = file;

    internal static OutputLock Take(string output)
    {
        string path = output + ".lock";
        if (Path.GetDirectoryName(output) is { } folder && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder '{folder}' to write into.");
        }

        try
        {
            return new OutputLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose));
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new IOException($"Another process is training into '{output}': '{path}' is in use.", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
