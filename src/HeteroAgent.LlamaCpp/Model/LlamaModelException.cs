namespace HeteroAgent.LlamaCpp;

/// <summary>A model file could not be loaded, or a loaded model failed.</summary>
public sealed class LlamaModelException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The model's file.</param>
    /// <param name="reason">What went wrong.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public LlamaModelException(string path, string reason, Exception? innerException = null)
        : base($"{path}: {reason}", innerException) =>
        Path = path;

    /// <summary>Gets the model's file.</summary>
    public string Path { get; }
}
