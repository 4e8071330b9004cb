namespace HeteroAgent.LlamaCpp;

/// <summary>The native libraries could not be loaded, or are not the ones that this package was built for.</summary>
public sealed class LlamaRuntimeException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong and what to do.</param>
    /// <param name="attempts">Each path tried, with the loader's reason.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public LlamaRuntimeException(string message, IReadOnlyList<string>? attempts = null, Exception? innerException = null)
        : base(attempts is { Count: > 0 } ? message + Environment.NewLine + string.Join(Environment.NewLine, attempts.Select(a => "  - " + a)) : message, innerException) =>
        Attempts = attempts ?? [];

    /// <summary>Gets each path tried with the loader's reason; empty when loading was not the problem.</summary>
    public IReadOnlyList<string> Attempts { get; }
}
