namespace HeteroAgent.Onnx;

/// <summary>Labelled traces with their features, computed once for all folds.</summary>
internal sealed class TrainingTable
{
    private TrainingTable(Row[] rows) => Rows = rows;

    public Row[] Rows { get; }

    public static TrainingTable Of(Row[] rows) => new(rows);

    /// <summary>Analyses the traces, and of each longer one that a person labelled a beginning too: what a trace looks like while it is being written.</summary>
    public static TrainingTable Create(IReadOnlyList<LabeledTrace> traces, int seed, CancellationToken cancellationToken)
    {
        Row[] rows = new Row[traces.Count];
        Parallel.For(0, rows.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, i =>
        {
            LabeledTrace labeled = traces[i];
            TraceFeatures? prefix = null;
            int steps = labeled.Trace.Steps.Count;
            if (steps > 1 && !labeled.IsWeak && labeled.FirstError != LabeledTrace.SomewhereWrong)
            {
                // HashCode would differ from process to process.
                int length = 1 + new Random(unchecked((seed * 1000003) + i) & int.MaxValue).Next(steps - 1);
                prefix = TraceFeatures.Of(Prefix(labeled.Trace, length), cancellationToken);
            }

            rows[i] = new(labeled, TraceFeatures.Of(labeled.Trace, cancellationToken), prefix);
        });
        return new(rows);
    }

    /// <summary>Deals the groups out into folds, by a shuffle of their own.</summary>
    public int[] Folds(int count, int seed)
    {
        string[] groups = [.. Rows.Select(static r => r.Labeled.SplitKey).Distinct().Order(StringComparer.Ordinal)];
        new Random(seed).Shuffle(groups);
        Dictionary<string, int> fold = groups.Select((g, i) => (g, i)).ToDictionary(static p => p.g, p => p.i % count);
        return [.. Rows.Select(r => fold[r.Labeled.SplitKey])];
    }

    private static ReasoningTrace Prefix(ReasoningTrace trace, int length) => new(trace.Question, [.. trace.Steps.Take(length)])
    {
        Context = trace.Context,
        Logprobs = [.. trace.Logprobs.Take(length)],
        IsComplete = false,
    };

    /// <summary>One trace.</summary>
    internal sealed record Row(LabeledTrace Labeled, TraceFeatures Features, TraceFeatures? Prefix);
}
