using System.Text.RegularExpressions;
using HeteroAgent;

namespace SupportDesk;

/// <summary>Finds documents by their words (BM25, k1 = 1.2, b = 0.75), titles counted three times.</summary>
internal sealed partial class WordSearch : IRetriever
{
    private readonly SourceDocument[] _documents;
    private readonly Dictionary<string, int>[] _counts;
    private readonly Dictionary<string, int> _frequencies;
    private readonly double _averageLength;

    public WordSearch(SourceDocument[] documents)
    {
        _documents = documents;
        _counts = [.. documents.Select(static d => Terms(string.Join(' ', d.Title, d.Title, d.Title, d.Text)).CountBy(static t => t).ToDictionary())];
        _frequencies = _counts.SelectMany(static c => c.Keys).CountBy(static t => t).ToDictionary();
        _averageLength = _counts.Average(static c => c.Values.Sum());
    }

    public ValueTask<IReadOnlyList<RetrievedPassage>> RetrieveAsync(string query, RetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        string[] terms = [.. Terms(query).Distinct()];
        return new([.. _documents.Select((d, i) => new RetrievedPassage(d.Id, d.Title, d.Text, Score(terms, _counts[i])))
            .Where(static p => p.Score > 0).OrderByDescending(static p => p.Score).Take((options ?? new()).TopK)]);
    }

    private double Score(string[] terms, Dictionary<string, int> counts)
    {
        double length = counts.Values.Sum() / _averageLength;
        return terms.Where(counts.ContainsKey).Sum(t =>
            Math.Log(1 + ((_documents.Length - _frequencies[t] + 0.5) / (_frequencies[t] + 0.5))) * counts[t] * 2.2 / (counts[t] + (1.2 * (0.25 + (0.75 * length)))));
    }

    private static IEnumerable<string> Terms(string text) => Word().Matches(text.ToLowerInvariant()).Select(static m => m.Value);

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();
}
