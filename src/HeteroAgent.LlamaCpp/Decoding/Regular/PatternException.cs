namespace HeteroAgent.LlamaCpp;

/// <summary>A regular expression is malformed, or uses what no finite automaton can follow.</summary>
/// <param name="message">What is wrong, and where.</param>
/// <param name="isUnsupported">Whether the expression is well formed and only not supported.</param>
internal sealed class PatternException(string message, bool isUnsupported) : Exception(message)
{
    /// <summary>Whether the expression is well formed and only not supported.</summary>
    public bool IsUnsupported { get; } = isUnsupported;
}
