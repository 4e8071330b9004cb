namespace HeteroAgent.Onnx;

/// <summary>Thrown when an ONNX model cannot be loaded, written or run as asked.</summary>
public sealed class OnnxException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">What kind of fault it is.</param>
    /// <param name="message">What went wrong, with the value and what is accepted.</param>
    /// <param name="innerException">What ONNX Runtime threw, where it did.</param>
    public OnnxException(OnnxError error, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Error = error;
    }

    /// <summary>Gets what kind of fault it is.</summary>
    public OnnxError Error { get; }
}
