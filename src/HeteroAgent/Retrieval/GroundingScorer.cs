using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Scores how far passages support an answer: a signal for escalation, not a proof.</summary>
/// <remarks>
/// <para>Each sentence of the answer is a claim, but for questions and sentences of function words alone. The numbers and names of a claim must all stand in one passage, in the passages of one document, or in those that the claim cites; the question's own need no passage. A name is a capitalised word that does not start the sentence. Otherwise its support is the share of its words that the passage has, each by its stem and weighted by its inverse document frequency over the passages; where it has neither number nor name, words that only several passages together have count nine tenths. With an embedding generator, a passage that means the same in other words supports too: cosine .8 and more in full, .3 and less not at all.</para>
/// <para>The words are read as English is; a language without spaces is scored by embeddings at best. It does not see a negation, the order of words, or which of the numbers of a passage belongs to what.</para>
/// <para>Immutable, and safe for concurrent use as far as the generator is.</para>
/// </remarks>
public sealed partial class GroundingScorer
{
    private readonly double _threshold = 0.5;

    /// <summary>Creates a scorer.</summary>
    /// <param name="generator">An embedding model that takes part; <see langword="null"/> for words alone. It stays the caller's.</param>
    public GroundingScorer(IEmbeddingGenerator<string, Embedding<float>>? generator = null) => Generator = generator;

    /// <summary>Gets the embedding model that takes part, or <see langword="null"/>.</summary>
    public IEmbeddingGenerator<string, Embedding<float>>? Generator { get; }

    /// <summary>Gets the support below which a claim is listed as unsupported. The score does not depend on it.</summary>
    /// <value>Default 0.5.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1].</exception>
    public double Threshold
    {
        get => _threshold;
        init => _threshold = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A threshold of support lies between 0 and 1.");
    }

    /// <summary>Scores an answer.</summary>
    /// <param name="answer">The answer; citation marks like [1] in it say which passages its sentences rest on.</param>
    /// <param name="passages">The passages that it is to rest on, in the order of their numbers.</param>
    /// <param name="question">The question, whose numbers and names the answer may repeat; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Cancels the scoring.</param>
    /// <returns>The score and the claims. Without passages no claim is supported.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="answer"/> or <paramref name="passages"/> is <see langword="null"/>.</exception>
    public async ValueTask<GroundingResult> ScoreAsync(string answer, IReadOnlyList<RetrievedPassage> passages, string? question = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(passages);
        cancellationToken.ThrowIfCancellationRequested();
        (string Text, ClaimTerms Terms, int[] Cited)[] claims = [.. Sentences(answer, passages.Count).Select(static s => (s.Text, ClaimTerms.Of(s.Text), s.Cited)).Where(static c => c.Item2.All.Count > 0)];
        ClaimEvidence evidence = new(passages, question);
        double[,]? near = Generator is null || claims.Length == 0 || passages.Count == 0 ? null
            : await NearnessAsync(Generator, [.. claims.Select(static c => c.Text)], passages, cancellationToken).ConfigureAwait(false);
        GroundedClaim[] scored = new GroundedClaim[claims.Length];
        for (int i = 0; i < claims.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scored[i] = Score(claims[i].Text, claims[i].Terms, claims[i].Cited, evidence, p => near?[i, p] ?? 0);
        }

        return new(scored.Length == 0 ? null : scored.Average(static c => c.Support), scored);
    }

    /// <summary>The sentences that are no questions, and the passages that each cites: a mark belongs to the sentence that it stands in or behind.</summary>
    private static IEnumerable<(string Text, int[] Cited)> Sentences(string answer, int passages)
    {
        string text = CitationMarks.Blank(answer);
        TextRange[] sentences = [.. SentenceSplitter.Split(text)];
        (int Place, int Passage)[] marks = [.. CitationMarks.Find(answer, passages).SelectMany(static f => f.Value.Select(r => (r.Start, f.Key - 1))).OrderBy(static m => m.Start)];
        int next = 0;
        for (int i = 0; i < sentences.Length; i++)
        {
            int end = i + 1 < sentences.Length ? sentences[i + 1].Start : int.MaxValue;
            HashSet<int> cited = [];
            for (; next < marks.Length && marks[next].Place < end; next++)
            {
                _ = cited.Add(marks[next].Passage);
            }

            if (text[sentences[i].End - 1] is not ('?' or '？'))
            {
                yield return (Gap().Replace(text[sentences[i].Start..sentences[i].End], ""), [.. cited]);
            }
        }
    }

    private GroundedClaim Score(string text, ClaimTerms claim, int[] cited, ClaimEvidence evidence, Func<int, double> near)
    {
        double best = 0;
        int passage = -1;
        bool exact = false;
        foreach (int[] candidate in evidence.Candidates(cited).Where(c => evidence.HasExact(claim, c)))
        {
            exact = true;
            double support = Math.Max(evidence.Overlap(claim, candidate), candidate.Length == 1 ? near(candidate[0]) : 0);
            (best, passage) = support > best ? (support, candidate[0]) : (best, passage);
        }

        // Where numbers or names are claimed, words from elsewhere are no support: the passage may say them of something else.
        best = claim.Exact.Count == 0 ? Math.Max(best, 0.9 * evidence.Overlap(claim, [.. Enumerable.Range(0, evidence.Passages.Length)])) : best;
        string[] missing = [.. evidence.Missing(claim)];
        string? reason = missing.Length > 0 ? $"{string.Join(" and ", missing)} {(missing.Length == 1 ? "stands" : "stand")} in no passage"
            : evidence.Passages.Length > 0 && !exact ? $"no one passage has {string.Join(" and ", claim.Exact.Values)}"
            : evidence.Passages.Length == 0 || best < Threshold ? FormattableString.Invariant($"the passages hold {best:0%} of what it says")
            : null;
        return new(text, best, passage, reason);
    }

    private static async Task<double[,]> NearnessAsync(IEmbeddingGenerator<string, Embedding<float>> generator, string[] claims, IReadOnlyList<RetrievedPassage> passages, CancellationToken cancellationToken)
    {
        GeneratedEmbeddings<Embedding<float>> made = await generator.GenerateAsync([.. claims, .. passages.Select(static p => p.Text)], null, cancellationToken).ConfigureAwait(false);
        if (made.Count != claims.Length + passages.Count)
        {
            throw new InvalidOperationException($"The embedding generator made {made.Count} vectors of {claims.Length + passages.Count} texts.");
        }

        double[,] near = new double[claims.Length, passages.Count];
        for (int c = 0; c < claims.Length; c++)
        {
            for (int p = 0; p < passages.Count; p++)
            {
                double cosine = EmbeddingFingerprint.Cosine(made[c].Vector.Span, made[claims.Length + p].Vector.Span);
                near[c, p] = Math.Clamp((cosine - 0.3) / 0.5, 0, 1);
            }
        }

        return near;
    }

    /// <summary>What a mark left behind: spaces before a stop, and all but one of several.</summary>
    [GeneratedRegex(@" {1,64}(?=[.,;:!?])|(?<= ) +", RegexOptions.CultureInvariant)]
    private static partial Regex Gap();
}
