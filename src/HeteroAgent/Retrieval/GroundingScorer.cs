using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Scores how far passages support an answer: a signal for escalation, not a proof.</summary>
/// <remarks>
/// <para>Each sentence of the answer is a claim. A claim with a number or a name that stands neither in a passage nor in the question is not supported. Otherwise its support is the share of its content words that the best passage has, weighted by their inverse document frequencies over the passages, so that words that every passage has count little; words that only several passages together have count nine tenths. With an embedding generator, a passage that means the same in other words supports too: cosine .8 and more in full, .3 and less not at all.</para>
/// <para>The words are read as English is; a language without spaces is scored by embeddings at best. It does not see a negation, or numbers that stand in the passages but belong to something else.</para>
/// <para>Immutable, and safe for concurrent use as far as the generator is.</para>
/// </remarks>
public sealed class GroundingScorer
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
    /// <param name="answer">The answer; citation marks like [1] in it are passed over.</param>
    /// <param name="passages">The passages that it is to rest on.</param>
    /// <param name="question">The question, whose numbers and names the answer may repeat; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Cancels the embedding.</param>
    /// <returns>The score and the claims. Without passages no claim is supported.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="answer"/> or <paramref name="passages"/> is <see langword="null"/>.</exception>
    public async ValueTask<GroundingResult> ScoreAsync(string answer, IReadOnlyList<RetrievedPassage> passages, string? question = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(passages);
        string text = CitationMarks.Remove(answer);
        (string Text, ClaimWords Words)[] claims = [.. SentenceSplitter.Split(text).Select(r => text[r.Start..r.End]).Select(static t => (t, new ClaimWords(t))).Where(static c => c.Item2.Stems.Count + c.Item2.Numbers.Count > 0)];
        ClaimWords[] sources = [.. passages.Select(static p => new ClaimWords(p.Title + "\n" + p.Text))];
        ClaimWords asked = new(question ?? "");
        double[,]? near = Generator is null || claims.Length == 0 || passages.Count == 0 ? null
            : await NearnessAsync([.. claims.Select(static c => c.Text)], passages, cancellationToken).ConfigureAwait(false);
        GroundedClaim[] scored = [.. claims.Select((c, i) => Score(c.Text, c.Words, sources, asked, near, i))];
        return new(scored.Length == 0 ? 1 : scored.Average(static c => c.Support), scored);
    }

    private GroundedClaim Score(string text, ClaimWords claim, ClaimWords[] sources, ClaimWords asked, double[,]? near, int index)
    {
        double Weight(string stem) => Math.Log(1 + ((sources.Length + 0.5) / (sources.Count(s => s.Stems.Contains(stem)) + 0.5)));
        double total = claim.Stems.Sum(Weight);
        double together = total == 0 ? 1 : claim.Stems.Where(s => sources.Any(p => p.Stems.Contains(s))).Sum(Weight) / total;
        double best = 0;
        int passage = -1;
        for (int i = 0; i < sources.Length; i++)
        {
            double words = total == 0 ? (claim.Numbers.IsSubsetOf(sources[i].Numbers) ? 1 : 0) : claim.Stems.Where(sources[i].Stems.Contains).Sum(Weight) / total;
            double support = Math.Max(words, near?[index, i] ?? 0);
            if (support > best)
            {
                (best, passage) = (support, i);
            }
        }

        best = sources.Length == 0 ? 0 : Math.Max(best, 0.9 * together);
        string? strange = claim.Numbers.Where(n => !asked.Numbers.Contains(n) && !sources.Any(s => s.Numbers.Contains(n))).Select(static n => $"the number {n}").FirstOrDefault()
            ?? claim.Names.Where(n => !asked.Stems.Contains(n.Key) && !sources.Any(s => s.Stems.Contains(n.Key))).Select(static n => $"the name {n.Value}").FirstOrDefault();
        return strange is not null ? new(text, 0, passage, $"{strange} stands in no passage")
            : new(text, best, passage, best < Threshold ? FormattableString.Invariant($"the passages hold {best:0%} of what it says") : null);
    }

    private async Task<double[,]> NearnessAsync(string[] claims, IReadOnlyList<RetrievedPassage> passages, CancellationToken cancellationToken)
    {
        GeneratedEmbeddings<Embedding<float>> made = await Generator!.GenerateAsync([.. claims, .. passages.Select(static p => p.Text)], null, cancellationToken).ConfigureAwait(false);
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
}
