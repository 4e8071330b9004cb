using System.Diagnostics;

namespace HeteroAgent;

/// <summary>Makes the record of a grounded answer and puts it on the current span.</summary>
internal static class RetrievalStamp
{
    public static async ValueTask<RetrievalRecord> CreateAsync(string answer, string query, IReadOnlyList<RetrievedPassage> passages, GroundingScorer? scorer, CancellationToken cancellationToken)
    {
        GroundingResult? grounding = scorer is null || answer.Length == 0 ? null : await scorer.ScoreAsync(answer, passages, query, cancellationToken).ConfigureAwait(false);
        return new(passages, [.. CitationMarks.Find(answer, passages.Count).Keys], grounding?.Score, grounding?.Score is null ? null : grounding.Reasons);
    }

    public static void Tag(RetrievalRecord record)
    {
        if (Activity.Current is { } activity)
        {
            _ = activity.SetTag(HeteroAgentTelemetry.PassagesTag, record.Passages.Count);
            _ = record.Grounding is { } score ? activity.SetTag(HeteroAgentTelemetry.GroundingTag, score) : activity;
        }
    }
}
