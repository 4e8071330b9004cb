namespace HeteroAgent.Benchmarks;

/// <summary>Knows the labels: what a perfect verifier would reach.</summary>
internal sealed class LabelVerifier : IProcessVerifier
{
    /// <summary>The trace that is being replayed.</summary>
    internal RecordedTrace? Current { get; set; }

    public ValueTask<VerificationResult> VerifyAsync(ReasoningTrace trace, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trace);
        RecordedTrace known = Current ?? throw new InvalidOperationException("No trace is being replayed.");
        int first = known.FirstError < trace.Steps.Count ? known.FirstError : -1;
        return new(new VerificationResult([.. trace.Steps.Select((_, i) => new StepScore(i, i == first ? 0 : 1))], first, []));
    }
}
