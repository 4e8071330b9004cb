namespace HeteroAgent;

/// <summary>A passage index cannot do what was asked. What had been committed before is still there.</summary>
public sealed class PassageIndexException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">What is wrong.</param>
    /// <param name="message">What was found and what would be accepted, without the name of the index.</param>
    /// <param name="index">The index: the path of its file, or the database and table. It holds no password.</param>
    /// <param name="innerException">The cause, if any.</param>
    public PassageIndexException(PassageIndexError error, string message, string index, Exception? innerException = null)
        : base($"'{index}': {message}", innerException)
    {
        Error = error;
        Index = index;
    }

    /// <summary>Gets what is wrong.</summary>
    public PassageIndexError Error { get; }

    /// <summary>Gets the index: the path of its file, or the database and table.</summary>
    public string Index { get; }
}
