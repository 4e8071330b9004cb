using System.Text.Json;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary>Writes the measures of an evaluation as JSON.</summary>
internal static class EvaluationJson
{
    private const int Digits = 6;

    internal static void Write(Utf8JsonWriter writer, Specialist specialist, TuningSet set, TuningEvaluation evaluation)
    {
        writer.WriteString("model", specialist.Name);
        writer.WriteString("kind", specialist.Kind);
        writer.WriteNumber("examples", set.Examples.Count);
        Write(writer, "exact", evaluation.Exact);
        Write(writer, "tool", evaluation.Tool);
        Write(writer, "valid", evaluation.Valid);
        writer.WriteStartObject("fields");
        foreach (FieldAccuracy field in evaluation.Fields)
        {
            writer.WriteStartObject(field.Name);
            WriteShare(writer, field.Accuracy);
            writer.WriteNumber("right", field.Right);
            writer.WriteNumber("expected", field.Expected);
            writer.WriteNumber("extra", field.Extra);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteRounded("ece", evaluation.CalibrationError, Digits);
        writer.WriteString("ece_bins", "15 of equal width");
        writer.WriteRounded("aurc", evaluation.AreaUnderRiskCoverage, Digits);
        writer.WriteStartArray("risk_coverage");
        foreach (CoverageRisk point in evaluation.RiskCoverage)
        {
            writer.WriteStartObject();
            writer.WriteRounded("coverage", point.Coverage, Digits);
            writer.WriteRounded("risk", point.Risk, Digits);
            writer.WriteRounded("confidence", point.Confidence, Digits);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("latency_ms");
        writer.WriteRounded("p50", evaluation.LatencyP50, 3);
        writer.WriteRounded("p95", evaluation.LatencyP95, 3);
        writer.WriteEndObject();
        WriteLines(writer, "errors", "error", evaluation.Errors.Select(e => (e.Example.Line, e.Error!)));
        WriteLines(writer, "rejected", "reason", set.Rejected.Select(r => (r.Number, r.Reason)));
    }

    private static void Write(Utf8JsonWriter writer, string name, Proportion? proportion)
    {
        if (proportion is not { } counted)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        WriteShare(writer, counted);
        writer.WriteNumber("right", counted.Right);
        writer.WriteNumber("total", counted.Total);
        writer.WriteEndObject();
    }

    private static void WriteShare(Utf8JsonWriter writer, Proportion proportion)
    {
        writer.WriteRounded("value", proportion.Value, Digits);
        writer.WriteRounded("low", proportion.Low, Digits);
        writer.WriteRounded("high", proportion.High, Digits);
    }

    private static void WriteLines(Utf8JsonWriter writer, string name, string what, IEnumerable<(int Line, string Text)> lines)
    {
        writer.WriteStartArray(name);
        foreach ((int line, string text) in lines)
        {
            writer.WriteStartObject();
            writer.WriteNumber("line", line);
            writer.WriteString(what, text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
