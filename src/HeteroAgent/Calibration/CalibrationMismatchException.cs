namespace HeteroAgent;

/// <summary>A calibration was made for another task, model or prompt than the one it is to be used for, so its bound does not hold there.</summary>
public sealed class CalibrationMismatchException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What differs, and what to do.</param>
    public CalibrationMismatchException(string message)
        : base(message)
    {
    }
}
