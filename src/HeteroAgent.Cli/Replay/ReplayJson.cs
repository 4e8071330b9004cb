using System.Text.Json;

namespace HeteroAgent.Cli;

/// <summary>The report as properties of a JSON object.</summary>
internal static class ReplayJson
{
    private const int Digits = 5;

    internal static void Write(Utf8JsonWriter writer, ReplayReport report)
    {
        writer.WriteNumber("n", report.Count);
        writer.WriteNumber("duplicate_prompts", report.DuplicatePrompts);
        writer.WriteNumber("fitted_on", report.FittedOn);
        writer.WriteNumber("features", report.FeatureCount);
        Write(writer, "weak_accuracy", report.WeakAccuracy);
        Write(writer, "strong_accuracy", report.StrongAccuracy);
        Write(writer, "auc_weak_wrong", report.AucWeakWrong);
        Write(writer, "apgr", report.Apgr);
        Write(writer, "cpt50", report.Cpt50);
        Write(writer, "cpt80", report.Cpt80);
        Write(writer, "calls_at_95_of_strong", report.CallsAt95OfStrong);
        Write(writer, "calls_at_95_of_gap", report.CallsAt95OfGap);
        Write(writer, "random_calls_at_95_of_strong", report.RandomCallsAt95OfStrong);
        Write(writer, "apgr_over_random", report.ApgrOverRandom);
        Write(writer, "calls_saved_over_random", report.CallsSavedOverRandom);
        Write(writer, "cost_at_95_of_strong", report.CostAt95OfStrong);
        Write(writer, "held_out_calls", report.HeldOutCalls);
        Write(writer, "held_out_share_of_strong", report.HeldOutShareOfStrong);
        writer.WriteStartArray("risk_coverage");
        foreach (RiskCoveragePoint point in report.RiskCoverage)
        {
            writer.WriteStartObject();
            writer.WriteRounded("coverage", point.Coverage, Digits);
            writer.WriteRounded("risk", point.Risk, Digits);
            writer.WriteRounded("accuracy", point.Accuracy, Digits);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteBoolean("pays", report.Verdict == ReplayVerdict.Pays);
        writer.WriteString("verdict", report.VerdictText);
        if (report.WithoutMarks is { } without)
        {
            writer.WriteStartObject("without_marks");
            Write(writer, without);
            writer.WriteEndObject();
        }
    }

    private static void Write(Utf8JsonWriter writer, string name, Estimate estimate)
    {
        writer.WriteStartObject(name);
        writer.WriteRounded("value", estimate.Value, Digits);
        writer.WriteRounded("low", estimate.Low, Digits);
        writer.WriteRounded("high", estimate.High, Digits);
        writer.WriteEndObject();
    }
}
