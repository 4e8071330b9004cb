namespace HeteroAgent;

/// <summary>A file is not a calibration, or it is damaged.</summary>
public sealed class CalibrationFileException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, where, and what is accepted.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public CalibrationFileException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
