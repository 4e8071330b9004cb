namespace HeteroAgent;

/// <summary>A log of answers cannot be read.</summary>
public sealed class ReplayLogException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, where, and what is accepted.</param>
    /// <param name="line">The line, from 1; 0 where it is the file as a whole.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public ReplayLogException(string message, int line, Exception? innerException = null)
        : base(message, innerException) => Line = line;

    /// <summary>Gets the line on which the record starts, from 1; 0 where the file as a whole is wrong.</summary>
    public int Line { get; }
}
