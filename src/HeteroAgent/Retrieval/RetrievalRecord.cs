using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>What a retrieving client records on an answer.</summary>
internal sealed record RetrievalRecord(IReadOnlyList<RetrievedPassage> Passages, IReadOnlyList<Citation> Citations, GroundingResult? Grounding)
{
    public static async ValueTask<RetrievalRecord> CreateAsync(string answer, string query, IReadOnlyList<RetrievedPassage> passages, GroundingScorer? scorer, CancellationToken cancellationToken) => new(
        passages,
        [.. CitationMarks.Find(answer, passages.Count).Keys.Select(n => new Citation(n, passages[n - 1]))],
        scorer is null || answer.Length == 0 ? null : await scorer.ScoreAsync(answer, passages, query, cancellationToken).ConfigureAwait(false));

    public AdditionalPropertiesDictionary Write(AdditionalPropertiesDictionary properties)
    {
        properties[ResponsePropertyNames.Passages] = Passages;
        properties[ResponsePropertyNames.Citations] = Citations;
        if (Grounding is not null)
        {
            properties[ResponsePropertyNames.Grounding] = Grounding.Score;
            properties[ResponsePropertyNames.UnsupportedClaims] = Grounding.Reasons;
        }

        return properties;
    }

    public void Tag()
    {
        if (Activity.Current is { } activity)
        {
            _ = activity.SetTag(ResponsePropertyNames.Passages, Passages.Count);
            _ = Grounding is null ? activity : activity.SetTag(ResponsePropertyNames.Grounding, Grounding.Score);
        }
    }
}
