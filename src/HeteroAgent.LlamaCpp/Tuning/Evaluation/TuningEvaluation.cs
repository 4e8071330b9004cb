namespace HeteroAgent.LlamaCpp;

/// <summary>What an evaluation measured. An example without an answer counts as wrong everywhere. Immutable and thread-safe.</summary>
public sealed class TuningEvaluation
{
    private const int Bins = 15;
    private const int Points = 20;

    internal TuningEvaluation(IReadOnlyList<EvaluatedExample> examples)
    {
        Examples = examples;
        Exact = Count(e => e.IsExact);
        Valid = Count(e => e.IsValid);
        Tool = examples.Any(e => e.IsToolRight is not null) ? new Proportion(examples.Count(e => e.IsToolRight == true), examples.Count(e => e.IsToolRight is not null)) : null;
        Fields = [.. examples.SelectMany(e => e.Fields).GroupBy(f => f.Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new FieldAccuracy(g.Key, g.Count(f => f.Right), g.Count(f => f.Expected), g.Count(f => !f.Expected)))];
        if (examples.Any(e => e.Confidence is not null))
        {
            CalibrationError = Calibration([.. examples.Where(e => e.Confidence is not null)]);
            (RiskCoverage, AreaUnderRiskCoverage) = Risk(examples);
        }

        double[] times = [.. examples.Where(e => e.Error is null).Select(e => e.Duration.TotalMilliseconds).Order()];
        (LatencyP50, LatencyP95) = (Quantile(times, 0.5), Quantile(times, 0.95));
    }

    /// <summary>Gets each example with its answer, in the order of the set.</summary>
    public IReadOnlyList<EvaluatedExample> Examples { get; }

    /// <summary>Gets the share of examples whose whole answer is right: calls and JSON compared as values, texts without the white space around them.</summary>
    public Proportion Exact { get; }

    /// <summary>Gets the share of examples whose tool is right, of those that expect a call; <see langword="null"/> where none does.</summary>
    public Proportion? Tool { get; }

    /// <summary>Gets the share of answers that have the form asked for: that satisfy the schema; that call a tool of the example with arguments that satisfy its parameters; or else that are a call, JSON or text as the expected answer is.</summary>
    public Proportion Valid { get; }

    /// <summary>Gets the accuracy of each argument or member, by name, whether or not the tool is right.</summary>
    public IReadOnlyList<FieldAccuracy> Fields { get; }

    /// <summary>Gets the expected calibration error, in [0, 1], over 15 bins of equal width (Guo et al., 2017): how far confidence is from the share that is exactly right. <see langword="null"/> where the model gives no confidence.</summary>
    public double? CalibrationError { get; }

    /// <summary>Gets the risk for twenty shares of the surest answers; empty where the model gives no confidence.</summary>
    public IReadOnlyList<CoverageRisk> RiskCoverage { get; } = [];

    /// <summary>Gets the mean risk over all coverages, in [0, 1] (AURC; Geifman, Uziel and El-Yaniv, 2019); <see langword="null"/> where the model gives no confidence. Lower is better.</summary>
    public double? AreaUnderRiskCoverage { get; }

    /// <summary>Gets the median time of an answer in milliseconds, asked one after the other; not a number where there is no answer.</summary>
    public double LatencyP50 { get; }

    /// <summary>Gets the 95th percentile of that time in milliseconds.</summary>
    public double LatencyP95 { get; }

    /// <summary>Gets the examples that got no answer.</summary>
    public IEnumerable<EvaluatedExample> Errors => Examples.Where(e => e.Error is not null);

    private Proportion Count(Func<EvaluatedExample, bool> test) => new(Examples.Count(test), Examples.Count);

    private static double Calibration(EvaluatedExample[] examples) => examples
        .GroupBy(e => Math.Min((int)(e.Confidence!.Value * Bins), Bins - 1))
        .Sum(bin => Math.Abs(bin.Sum(e => e.Confidence!.Value - (e.IsExact ? 1 : 0)))) / examples.Length;

    /// <summary>Risk by coverage. Answers of one confidence cannot be told apart, so each counts as their mean; those without one come last.</summary>
    private static (List<CoverageRisk> Curve, double Area) Risk(IReadOnlyList<EvaluatedExample> examples)
    {
        int n = examples.Count;
        double[] risks = new double[n];
        double[] confidences = new double[n];
        double wrong = 0;
        int at = 0;
        foreach (IGrouping<double, EvaluatedExample> tied in examples.GroupBy(e => e.Confidence ?? -1).OrderByDescending(g => g.Key))
        {
            double mean = tied.Average(e => e.IsExact ? 0.0 : 1);
            foreach (EvaluatedExample _ in tied)
            {
                wrong += mean;
                confidences[at] = Math.Max(tied.Key, 0);
                risks[at] = wrong / ++at;
            }
        }

        return ([.. Enumerable.Range(1, Points).Select(p => Math.Max((int)Math.Round((double)n * p / Points), 1)).Distinct()
            .Select(kept => new CoverageRisk((double)kept / n, risks[kept - 1], confidences[kept - 1]))], risks.Average());
    }

    /// <summary>The value with at least that share of values at or below it.</summary>
    private static double Quantile(double[] sorted, double share) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Max((int)Math.Ceiling(share * sorted.Length) - 1, 0)];
}
