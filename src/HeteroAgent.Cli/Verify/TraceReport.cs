using System.Text.Json;

namespace HeteroAgent.Cli;

/// <summary>Writes what the verifier found in one trace.</summary>
internal static class TraceReport
{
    private const int Digits = 6;

    internal static void WriteProperties(Utf8JsonWriter writer, TraceLine line, VerificationResult result, double milliseconds)
    {
        writer.WritePropertyName("id");
        if (line.Id.ValueKind == JsonValueKind.Undefined)
        {
            writer.WriteNullValue();
        }
        else
        {
            line.Id.WriteTo(writer);
        }

        writer.WriteStartArray("step_scores");
        foreach (StepScore step in result.Steps)
        {
            writer.WriteNumberValue(Math.Round(step.Score, Digits));
        }

        writer.WriteEndArray();
        writer.WriteNumber("ris", Rounded(result));
        writer.WriteNumber("first_error", result.FirstError);
        writer.WriteBoolean("flawed", result.IsFlawed);
        writer.WriteStartArray("reasons");
        foreach (StepReason reason in result.Reasons)
        {
            writer.WriteStartObject();
            writer.WriteNumber("step", reason.Step);
            writer.WriteString("text", reason.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("domain", result.Domain);
        writer.WriteBoolean("abstained", result.IsAbstained);
        writer.WriteRounded("ms", milliseconds, 3);
    }

    internal static void WriteText(TextWriter writer, TraceLine line, VerificationResult result)
    {
        string verdict = result.IsAbstained ? "not known" : result.IsFlawed ? $"flawed from step {result.FirstError + 1}" : "sound";
        writer.WriteLine(FormattableString.Invariant($"{(line.Id.ValueKind == JsonValueKind.Undefined ? "-" : Terminal.Clean(line.Id.ToString()))}  {verdict}  RIS {result.IntegrityScore:0.00}  steps {string.Join(' ', result.Steps.Select(static s => FormattableString.Invariant($"{s.Score:0.00}")))}"));
        foreach (StepReason reason in result.Reasons)
        {
            writer.WriteLine("    " + Terminal.Clean(reason.Text));
        }
    }

    // Rounding must not carry a score over the limit between flawed and sound.
    private static double Rounded(VerificationResult result)
    {
        double rounded = Math.Round(result.IntegrityScore, Digits);
        return rounded < VerificationResult.FlawedBelow == result.IsFlawed ? rounded : result.IntegrityScore;
    }
}
