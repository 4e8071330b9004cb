namespace HeteroAgent;

/// <summary>What the rules found in one trace: the features of each step, and the errors that can be put into words.</summary>
/// <remarks>Immutable and safe to share between threads. Linear in the length of the trace.</remarks>
internal sealed class TraceAnalysis
{
    private readonly float[] _values;

    private TraceAnalysis(float[] values, int steps, IReadOnlyList<StepReason> reasons, string domain)
    {
        _values = values;
        StepCount = steps;
        Reasons = reasons;
        Domain = domain;
    }

    /// <summary>Gets the names of the features in the order of their values.</summary>
    public static IReadOnlyList<string> FeatureNames => FeatureGroups.Names;

    /// <summary>Gets the number of steps.</summary>
    public int StepCount { get; }

    /// <summary>Gets the readable findings of the exact rules, in the order of the steps.</summary>
    public IReadOnlyList<StepReason> Reasons { get; }

    /// <summary>Gets the kind of trace: <c>arithmetic</c>, <c>mathematics</c>, <c>agent</c>, <c>logic</c> (puzzles of swaps and orders, bare expressions) or <c>other</c>.</summary>
    public string Domain { get; }

    /// <summary>Analyses one trace.</summary>
    /// <param name="trace">The trace; where it is not complete nothing that only its end could tell is used.</param>
    /// <param name="cancellationToken">Cancels the analysis between two steps.</param>
    public static TraceAnalysis Of(ReasoningTrace trace, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trace);
        TraceText text = new(trace, cancellationToken);
        int width = FeatureNames.Count;
        float[] values = new float[width * trace.Steps.Count];
        values.AsSpan().Fill(float.NaN);
        for (int step = 0; step < trace.Steps.Count; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int at = step * width;
            foreach (IFeatureGroup group in FeatureGroups.All)
            {
                group.Write(text, step, values.AsSpan(at, group.Names.Count));
                at += group.Names.Count;
            }
        }

        string domain = TraceDomain.Of(text);
        return new TraceAnalysis(values, trace.Steps.Count, TraceReasons.Of(text, domain), domain);
    }

    /// <summary>Gets the features of a step, one for each of <see cref="FeatureNames"/>; NaN where one does not apply or is not known.</summary>
    public ReadOnlySpan<float> Features(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, StepCount);
        return _values.AsSpan(step * FeatureNames.Count, FeatureNames.Count);
    }
}
