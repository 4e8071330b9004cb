namespace HeteroAgent.LlamaCpp;

/// <summary>A classifier head cannot be read, or does not belong to the encoder. The message says what was found and what would be accepted.</summary>
public sealed class ClassifierHeadException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">What is wrong.</param>
    /// <param name="message">What was found and what would be accepted, without the path.</param>
    /// <param name="path">The file, or <see langword="null"/> where the head came from no file.</param>
    public ClassifierHeadException(ClassifierHeadError error, string message, string? path = null)
        : base(path is null ? $"The classifier head: {message}" : $"'{path}': {message}")
    {
        Error = error;
        Path = path;
    }

    /// <summary>Gets what is wrong.</summary>
    public ClassifierHeadError Error { get; }

    /// <summary>Gets the file, or <see langword="null"/> where the head came from no file.</summary>
    public string? Path { get; }
}
