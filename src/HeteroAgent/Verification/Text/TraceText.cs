namespace HeteroAgent;

/// <summary>A trace, read once for all groups of features.</summary>
internal sealed class TraceText
{
    public TraceText(ReasoningTrace trace, CancellationToken cancellationToken)
    {
        Source = trace;
        cancellationToken.ThrowIfCancellationRequested();
    }

    public ReasoningTrace Source { get; }

    public IReadOnlyList<string> Steps => Source.Steps;
}
