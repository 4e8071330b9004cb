namespace HeteroAgent.Onnx;

/// <summary>The step model and the trace model, in managed code: what is trained, cross-validated and written to ONNX.</summary>
internal sealed class VerifierTrees(GradientBoostedTrees step, GradientBoostedTrees trace, double stepShare)
{
    private const double PrefixWeight = 0.3;

    public GradientBoostedTrees Step { get; } = step;

    public GradientBoostedTrees Trace { get; } = trace;

    public double StepShare { get; } = stepShare;

    public static VerifierTrees Train(IReadOnlyList<TrainingTable.Row> rows, ProcessVerifierTrainingOptions options, CancellationToken cancellationToken)
    {
        GradientBoostedTrees[] steps = new GradientBoostedTrees[options.Bags];
        GradientBoostedTrees[] traces = new GradientBoostedTrees[options.Bags];
        Rows stepRows = StepRows(rows);
        Rows traceRows = TraceRows(rows);
        Parallel.For(0, options.Bags * 2, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, i =>
        {
            int bag = i / 2;
            int seed = unchecked(options.Seed * 1000003 + bag);
            if (i % 2 == 0)
            {
                steps[bag] = stepRows.Grow(TraceFeatures.StepWidth, options.StepTrees with { Seed = seed }, cancellationToken);
            }
            else
            {
                traces[bag] = traceRows.Grow(TraceFeatures.TraceWidth, options.TraceTrees with { Seed = seed }, cancellationToken);
            }
        });
        return new(GradientBoostedTrees.Average(steps), GradientBoostedTrees.Average(traces), options.StepShare);
    }

    public TraceScore Score(TraceFeatures features)
    {
        double[] hazards = new double[features.StepCount];
        for (int i = 0; i < hazards.Length; i++)
        {
            hazards[i] = Step.PredictMargin(features.Step(i));
        }

        float[] row = new float[TraceFeatures.TraceWidth];
        features.Trace(row);
        return TraceScore.Of(hazards, Trace.PredictMargin(row), StepShare);
    }

    // The steps up to the first error; what comes after it tells nothing about being first.
    private static Rows StepRows(IReadOnlyList<TrainingTable.Row> rows)
    {
        Rows table = new();
        foreach (TrainingTable.Row row in rows)
        {
            int first = row.Labeled.FirstError;
            if (first == LabeledTrace.SomewhereWrong)
            {
                continue;
            }

            Add(row.Features, row.Labeled.Weight);
            if (row.Prefix is { } prefix)
            {
                Add(prefix, row.Labeled.Weight * PrefixWeight);
            }

            void Add(TraceFeatures features, double weight)
            {
                int last = first < 0 ? features.StepCount - 1 : Math.Min(first, features.StepCount - 1);
                for (int i = 0; i <= last; i++)
                {
                    table.Add(features.Step(i), i == first, weight);
                }
            }
        }

        return table;
    }

    private static Rows TraceRows(IReadOnlyList<TrainingTable.Row> rows)
    {
        Rows table = new();
        float[] values = new float[TraceFeatures.TraceWidth];
        foreach (TrainingTable.Row row in rows)
        {
            row.Features.Trace(values);
            table.Add(values, row.Labeled.IsFlawed, row.Labeled.Weight);
            if (row.Prefix is { } prefix)
            {
                prefix.Trace(values);
                table.Add(values, row.Labeled.FirstError >= 0 && row.Labeled.FirstError < prefix.StepCount, row.Labeled.Weight * PrefixWeight);
            }
        }

        return table;
    }

    private sealed class Rows
    {
        private readonly List<float> _features = [];
        private readonly List<float> _labels = [];
        private readonly List<float> _weights = [];

        public void Add(ReadOnlySpan<float> features, bool label, double weight)
        {
            _features.AddRange(features);
            _labels.Add(label ? 1 : 0);
            _weights.Add((float)weight);
        }

        public GradientBoostedTrees Grow(int width, GradientBoostedTreesOptions options, CancellationToken cancellationToken) => GradientBoostedTrees.Train(
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_features), width, [.. _labels], [.. _weights], options, cancellationToken);
    }
}
