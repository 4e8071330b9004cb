namespace HeteroAgent.LlamaCpp;

/// <summary>A GGUF file cannot be read or cannot be run. The message says what was found and what would be accepted.</summary>
public sealed class GgufException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">What is wrong.</param>
    /// <param name="message">What was found and what would be accepted, without the path.</param>
    /// <param name="path">The file, or null where it came from a stream.</param>
    /// <param name="offset">The byte at which the damage was noticed, or null where it has no one place.</param>
    /// <param name="innerException">The cause, if any.</param>
    public GgufException(GgufError error, string message, string? path = null, long? offset = null, Exception? innerException = null)
        : base(Compose(message, path, offset), innerException)
    {
        Error = error;
        Path = path;
        Offset = offset;
    }

    /// <summary>Gets what is wrong.</summary>
    public GgufError Error { get; }

    /// <summary>Gets the file, or null where it came from a stream.</summary>
    public string? Path { get; }

    /// <summary>Gets the byte at which the damage was noticed, or null where it has no one place.</summary>
    public long? Offset { get; }

    private static string Compose(string message, string? path, long? offset) =>
        $"{(path is null ? "The GGUF stream" : $"'{path}'")}: {message}{(offset is null ? "" : $" (at byte {offset})")}";
}
