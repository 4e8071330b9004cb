namespace HeteroAgent;

/// <summary>A file of prices cannot be read.</summary>
public sealed class PriceTableException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, where, and what is accepted.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public PriceTableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
