namespace HeteroAgent;

/// <summary>A trace, read once for all groups of features.</summary>
internal sealed class TraceText
{
    public TraceText(ReasoningTrace trace, CancellationToken cancellationToken)
    {
        Source = trace;
        Question = new TextView(trace.Question);
        var views = new TextView[trace.Steps.Count];
        for (int i = 0; i < views.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            views[i] = new TextView(trace.Steps[i]);
        }

        Steps = views;
    }

    public ReasoningTrace Source { get; }

    public TextView Question { get; }

    public IReadOnlyList<TextView> Steps { get; }

    /// <summary>Whether what follows a step is known.</summary>
    public bool IsComplete => Source.IsComplete;

    public bool IsLast(int step) => step == Steps.Count - 1;
}
