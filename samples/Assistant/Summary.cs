using System.Text.Json;
using System.Text.Json.Nodes;
using HeteroAgent;

namespace Assistant;

/// <summary>The figures of one evaluation. Shares lie in [0, 1]; costs are dollars per thousand requests.</summary>
internal sealed record Summary(string Model, string Frontier, IReadOnlyList<Outcome> Outcomes, FrontierRun FrontierAlone, decimal? CostHetero, double Threshold)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public double LocalShare => Share(o => o.Route == Routes.Local);

    public double ToolAccuracyLocal => Share(o => o.ToolIsRight);

    public double ExactAccuracyLocal => Share(o => o.LocalIsExact);

    public double ExactAccuracyHetero => Share(o => o.FinalIsExact);

    public double ValidShare => Share(o => o.LocalIsValid);

    public double? Saving => CostHetero is { } hetero && FrontierAlone.CostPer1000 is > 0 and { } alone ? (double)(1 - (hetero / alone)) : null;

    public double TokensPerSecond => Outcomes.Sum(o => o.LocalTokens) / Outcomes.Sum(o => o.LocalSeconds);

    public double Percentile(double share)
    {
        double[] sorted = [.. Outcomes.Select(o => o.Milliseconds).Order()];
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>For each threshold the share that would be escalated, and the share of exact calls if the frontier model is always right.</summary>
    public IEnumerable<(double Threshold, double Escalated, double Exact)> Curve() =>
        Calibration.Thresholds.Select(t => (t, Share(o => o.Confidence < t), Share(o => o.Confidence < t || o.LocalIsExact)));

    public JsonObject ToJson() => new()
    {
        ["requests"] = Outcomes.Count,
        ["local_share"] = LocalShare,
        ["tool_accuracy_local"] = ToolAccuracyLocal,
        ["exact_accuracy_local"] = ExactAccuracyLocal,
        ["exact_accuracy_hetero"] = ExactAccuracyHetero,
        ["exact_accuracy_frontier"] = FrontierAlone.ExactShare,
        ["cost_hetero_per_1k"] = Rounded(CostHetero),
        ["cost_frontier_per_1k"] = Rounded(FrontierAlone.CostPer1000),
        ["saving"] = Saving,
        ["p50_ms"] = Percentile(0.5),
        ["p95_ms"] = Percentile(0.95),
        ["tokens_per_second"] = TokensPerSecond,
        ["valid_share"] = ValidShare,
        ["model"] = Model,
        ["frontier"] = Frontier,
        ["frontier_requests"] = FrontierAlone.Requests,
        ["threshold"] = Threshold,
        ["curve"] = new JsonArray([.. Curve().Select(c => new JsonObject { ["threshold"] = c.Threshold, ["escalated"] = c.Escalated, ["exact"] = c.Exact })]),
    };

    /// <summary>The figures as an indented object, those of other models under <c>generate</c>, the details with one request a line.</summary>
    public string ToJsonText(bool details, IEnumerable<Summary> generated)
    {
        JsonObject figures = ToJson();
        foreach (Summary other in generated)
        {
            figures["generate"] = other.ToJson();
        }

        string text = figures.ToJsonString(Indented);
        return details
            ? text[..text.LastIndexOf('}')].TrimEnd() + ",\n  \"details\": [\n    " + string.Join(",\n    ", Outcomes.Select(o => o.ToJsonLine())) + "\n  ]\n}\n"
            : text + "\n";
    }

    private static decimal? Rounded(decimal? dollars) => dollars is { } d ? Math.Round(d, 6) : null;

    private double Share(Func<Outcome, bool> which) => (double)Outcomes.Count(which) / Outcomes.Count;
}
