using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Writes what a verifier found to a response's properties and to the current span.</summary>
internal static class VerificationStamp
{
    public const string EvaluationName = "reasoning_integrity";

    public static void Write(AdditionalPropertiesDictionary properties, VerificationResult? result) => VerificationRecord.Slot.Write(properties, new(result));

    public static string Label(VerificationResult result) => result.IsAbstained ? "abstained" : result.IsFlawed ? "flawed" : "sound";

    /// <summary>Adds OpenTelemetry's event of an evaluation to the current span. The reasons quote the answer, so they are added only where that is allowed.</summary>
    public static void Tag(VerificationResult result, string? responseId, bool includeReasons)
    {
        if (Activity.Current is not { } activity)
        {
            return;
        }

        ActivityTagsCollection tags = new()
        {
            ["gen_ai.evaluation.name"] = EvaluationName,
            ["gen_ai.evaluation.score.value"] = result.IntegrityScore,
            ["gen_ai.evaluation.score.label"] = Label(result),
        };
        if (responseId is not null)
        {
            tags["gen_ai.response.id"] = responseId;
        }

        if (includeReasons && result.Reasons.Count > 0)
        {
            tags["gen_ai.evaluation.explanation"] = string.Join("; ", result.Reasons.Select(static r => r.Text));
        }

        _ = activity.SetTag(HeteroAgentTelemetry.VerificationScoreTag, result.IntegrityScore)
            .SetTag(HeteroAgentTelemetry.VerificationFirstErrorTag, result.FirstError)
            .AddEvent(new("gen_ai.evaluation.result", tags: tags));
    }
}
