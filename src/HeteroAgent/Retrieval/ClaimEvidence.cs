namespace HeteroAgent;

/// <summary>The terms of the passages, and how much each term tells.</summary>
internal sealed class ClaimEvidence
{
    private readonly Dictionary<string, int> _frequencies = new(StringComparer.Ordinal);
    private readonly ClaimTerms _question;
    private readonly List<int[]> _documents;

    public ClaimEvidence(IReadOnlyList<RetrievedPassage> passages, string? question)
    {
        Passages = [.. passages.Select(static p => ClaimTerms.Of(p.Title + "\n" + p.Text))];
        _question = ClaimTerms.Of(question ?? "");
        foreach (string term in Passages.SelectMany(static p => p.All))
        {
            _frequencies[term] = _frequencies.GetValueOrDefault(term) + 1;
        }

        _documents = [.. passages.Select(static (p, i) => (p.DocumentId, i)).GroupBy(static p => p.DocumentId, static p => p.i, StringComparer.Ordinal).Select(static g => g.ToArray()).Where(static g => g.Length > 1)];
    }

    public ClaimTerms[] Passages { get; }

    /// <summary>What may support a claim: each passage, those of one document together, and those that the claim cites together.</summary>
    public IEnumerable<int[]> Candidates(int[] cited)
    {
        IEnumerable<int[]> candidates = Enumerable.Range(0, Passages.Length).Select(static i => new[] { i }).Concat(_documents);
        return cited.Length > 1 ? candidates.Append(cited) : candidates;
    }

    /// <summary>Whether some of the passages have every number and name of a claim. What the question itself names needs no passage.</summary>
    public bool HasExact(ClaimTerms claim, int[] passages) =>
        claim.Exact.Keys.All(e => _question.All.Contains(e) || passages.Any(p => Passages[p].All.Contains(e)));

    /// <summary>The share of a claim's terms that some passages have, each by its inverse document frequency.</summary>
    public double Overlap(ClaimTerms claim, int[] passages)
    {
        double found = 0;
        double all = 0;
        foreach (string term in claim.All)
        {
            // That no passage has a term does not make it rarer than one that a single passage has: it may be another word for the same.
            double weight = Math.Log(1 + ((Passages.Length + 0.5) / (_frequencies.GetValueOrDefault(term, 1) + 0.5)));
            all += weight;
            found += passages.Any(p => Passages[p].All.Contains(term)) ? weight : 0;
        }

        return all > 0 ? found / all : 0;
    }

    /// <summary>The numbers and names of a claim that stand in no passage and not in the question, described.</summary>
    public IEnumerable<string> Missing(ClaimTerms claim) =>
        claim.Exact.Where(e => !_frequencies.ContainsKey(e.Key) && !_question.All.Contains(e.Key)).Select(static e => e.Value);
}
