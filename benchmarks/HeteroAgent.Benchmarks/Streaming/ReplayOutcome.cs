namespace HeteroAgent.Benchmarks;

/// <summary>How one trace went through a client.</summary>
internal sealed record ReplayOutcome(RecordedTrace Trace, bool HandedOver, int ShownSteps, double FirstShown, double LastShown, int LocalTokens, int FrontierTokens)
{
    internal bool IsFlawed => Trace.FirstError >= 0;

    /// <summary>The reader saw the step that people labelled as the first error.</summary>
    internal bool ShowedError => IsFlawed && ShownSteps > Trace.FirstError;

    internal bool IsNeedless => HandedOver && !IsFlawed;
}
