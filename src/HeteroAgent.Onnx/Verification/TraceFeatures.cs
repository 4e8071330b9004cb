namespace HeteroAgent.Onnx;

/// <summary>The numbers that the trees see: one row a step, and one row for the whole trace.</summary>
internal sealed class TraceFeatures
{
    private static readonly string[] Domains = ["arithmetic", "mathematics", "logic", "agent"];
    private static readonly string[] Aggregates = ["mean", "max", "min", "last"];

    private TraceFeatures(float[] steps, int stepCount, string domain, IReadOnlyList<StepReason> reasons)
    {
        Steps = steps;
        StepCount = stepCount;
        Domain = domain;
        Reasons = reasons;
    }

    /// <summary>The names of a step's features, the kind of trace included.</summary>
    public static IReadOnlyList<string> StepNames { get; } = [.. TraceAnalysis.FeatureNames, .. Domains.Select(static d => "domain." + d)];

    /// <summary>The names of a trace's features: four aggregates of each step feature, and the number of steps.</summary>
    public static IReadOnlyList<string> TraceNames { get; } = [.. StepNames.SelectMany(static n => Aggregates.Select(a => n + "." + a)), "trace.steps"];

    public static int StepWidth => StepNames.Count;

    public static int TraceWidth => TraceNames.Count;

    public float[] Steps { get; }

    public int StepCount { get; }

    public string Domain { get; }

    public IReadOnlyList<StepReason> Reasons { get; }

    public static TraceFeatures Of(ReasoningTrace trace, CancellationToken cancellationToken = default)
    {
        TraceAnalysis analysis = TraceAnalysis.Of(trace, cancellationToken);
        float[] steps = new float[analysis.StepCount * StepWidth];
        for (int i = 0; i < analysis.StepCount; i++)
        {
            Span<float> row = steps.AsSpan(i * StepWidth, StepWidth);
            ReadOnlySpan<float> found = analysis.Features(i);
            found.CopyTo(row);
            for (int d = 0; d < Domains.Length; d++)
            {
                row[found.Length + d] = analysis.Domain == Domains[d] ? 1 : 0;
            }
        }

        return new(steps, analysis.StepCount, analysis.Domain, analysis.Reasons);
    }

    public ReadOnlySpan<float> Step(int index) => Steps.AsSpan(index * StepWidth, StepWidth);

    /// <summary>Writes the row of the whole trace.</summary>
    public void Trace(Span<float> row)
    {
        for (int f = 0; f < StepWidth; f++)
        {
            double sum = 0;
            int count = 0;
            float max = float.NegativeInfinity;
            float min = float.PositiveInfinity;
            for (int i = 0; i < StepCount; i++)
            {
                float value = Steps[i * StepWidth + f];
                if (!float.IsNaN(value))
                {
                    sum += value;
                    count++;
                    max = Math.Max(max, value);
                    min = Math.Min(min, value);
                }
            }

            row[f * 4] = count == 0 ? float.NaN : (float)(sum / count);
            row[f * 4 + 1] = count == 0 ? float.NaN : max;
            row[f * 4 + 2] = count == 0 ? float.NaN : min;
            row[f * 4 + 3] = Steps[(StepCount - 1) * StepWidth + f];
        }

        row[^1] = StepCount;
    }
}
