using System.Globalization;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Says for each claim of an answer whether a passage supports it.</summary>
/// <remarks>
/// <para>A claim is a sentence that states something: questions and sentences of function words alone are passed over. Its numbers and names must all stand in the passage, or in the question; a name is a capitalised word that does not start the sentence. How much of the rest the passage supports is the share of the claim's words that it has, each weighted by its inverse document frequency over the passages and compared by its stem. With an embedding model, a claim in other words is supported too by a sentence whose cosine similarity to it is high: similarity s counts as 2s − 1, so that 0.75 counts as much as half of the words.</para>
/// <para>Passages of one document, and those that a claim cites together, may support it together. Word order and negation are not read: "the fee is not $95" passes for "the fee is $95". The score is a signal, and no proof.</para>
/// <para>The endings and function words are English. In other languages less is recognised as the same word, and scores are lower. Immutable and safe for concurrent use as far as the embedding model is.</para>
/// </remarks>
public sealed class GroundingScorer
{
    private readonly IEmbeddingGenerator<string, Embedding<float>>? _embeddings;
    private readonly double _supportThreshold = 0.5;

    /// <summary>Creates a scorer.</summary>
    /// <param name="embeddings">The embedding model; <see langword="null"/> to compare words alone. It stays the caller's.</param>
    public GroundingScorer(IEmbeddingGenerator<string, Embedding<float>>? embeddings = null) => _embeddings = embeddings;

    /// <summary>Gets the support from which on a claim counts as supported.</summary>
    /// <value>Default 0.5, in [0, 1].</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1].</exception>
    public double SupportThreshold
    {
        get => _supportThreshold;
        init => _supportThreshold = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A support threshold lies between 0 and 1.");
    }

    /// <summary>Scores an answer.</summary>
    /// <param name="answer">The answer; citation marks such as [1] in it are read as such.</param>
    /// <param name="passages">What it must rest on, in the order of their numbers; without any, no claim is supported.</param>
    /// <param name="question">The question, whose numbers and names the answer may repeat; may be <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels the scoring.</param>
    /// <returns>The score and the claims.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="answer"/> or <paramref name="passages"/> is <see langword="null"/>.</exception>
    public async ValueTask<GroundingResult> ScoreAsync(string answer, IReadOnlyList<RetrievedPassage> passages, string? question = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(passages);
        cancellationToken.ThrowIfCancellationRequested();
        GroundingEvidence evidence = new(passages, question);
        List<(GroundedClaim Claim, GroundingTerms Terms)> claims = [];
        foreach ((string text, int start, HashSet<int> cited) in Sentences(answer, passages.Count))
        {
            cancellationToken.ThrowIfCancellationRequested();
            GroundingTerms terms = GroundingTerms.Of(text);
            if (terms.All.Count > 0)
            {
                claims.Add((ByWords(new(text, start, 0), terms, evidence, cited), terms));
            }
        }

        if (_embeddings is not null && passages.Count > 0)
        {
            await AddMeaningAsync(_embeddings, claims, passages, evidence, cancellationToken).ConfigureAwait(false);
        }

        GroundedClaim[] judged = [.. claims.Select(c => Judge(c.Claim, c.Terms, evidence))];
        return new(judged.Length == 0 ? null : judged.Average(static c => c.Support), judged);
    }

    private static IEnumerable<(string Text, int Start, HashSet<int> Cited)> Sentences(string answer, int passages)
    {
        string text = CitationReader.WithoutMarks(answer);
        TextRange[] sentences = [.. SentenceSplitter.Split(text)];
        (int Number, TextRange Mark)[] marks = [.. CitationReader.Marks(answer).Where(m => m.Number >= 1 && m.Number <= passages)];
        int next = 0;
        for (int i = 0; i < sentences.Length; i++)
        {
            // A mark belongs to the sentence that it stands in or behind.
            int end = i + 1 < sentences.Length ? sentences[i + 1].Start : int.MaxValue;
            HashSet<int> cited = [];
            for (; next < marks.Length && marks[next].Mark.Start < end; next++)
            {
                _ = cited.Add(marks[next].Number - 1);
            }

            if (text[sentences[i].End - 1] is not ('?' or '？'))
            {
                yield return (text[sentences[i].Start..sentences[i].End], sentences[i].Start, cited);
            }
        }
    }

    private static GroundedClaim ByWords(GroundedClaim claim, GroundingTerms terms, GroundingEvidence evidence, HashSet<int> cited)
    {
        foreach (int[] candidate in evidence.Candidates(cited))
        {
            double support = evidence.HasExact(terms, candidate) ? evidence.Overlap(terms, candidate) : 0;
            claim = support > claim.Support ? claim with { Support = support, Passage = candidate[0] + 1 } : claim;
        }

        return claim;
    }

    private async Task AddMeaningAsync(IEmbeddingGenerator<string, Embedding<float>> embeddings, List<(GroundedClaim Claim, GroundingTerms Terms)> claims, IReadOnlyList<RetrievedPassage> passages, GroundingEvidence evidence, CancellationToken cancellationToken)
    {
        int[] open = [.. Enumerable.Range(0, claims.Count).Where(i => claims[i].Claim.Support < SupportThreshold)];
        if (open.Length == 0)
        {
            return;
        }

        (int Passage, string Text)[] sentences = [.. passages.SelectMany(static (p, i) => SentenceSplitter.Split(p.Text).Select(s => (i, p.Text[s.Start..s.End])))];
        GeneratedEmbeddings<Embedding<float>> vectors = await embeddings.GenerateAsync([.. open.Select(i => claims[i].Claim.Text), .. sentences.Select(static s => s.Text)], null, cancellationToken).ConfigureAwait(false);
        if (vectors.Count != open.Length + sentences.Length)
        {
            throw new InvalidOperationException($"The embedding generator made {vectors.Count} vectors of {open.Length + sentences.Length} texts.");
        }

        for (int c = 0; c < open.Length; c++)
        {
            (GroundedClaim claim, GroundingTerms terms) = claims[open[c]];
            for (int s = 0; s < sentences.Length; s++)
            {
                double support = Math.Min(1, (2 * Cosine(vectors[c].Vector.Span, vectors[open.Length + s].Vector.Span)) - 1);
                if (support > claim.Support && evidence.HasExact(terms, [sentences[s].Passage]))
                {
                    claim = claim with { Support = support, Passage = sentences[s].Passage + 1 };
                }
            }

            claims[open[c]] = (claim, terms);
        }
    }

    private GroundedClaim Judge(GroundedClaim claim, GroundingTerms terms, GroundingEvidence evidence)
    {
        if (claim.Support >= SupportThreshold && claim.Passage > 0)
        {
            return claim;
        }

        string text = claim.Text.Length > 120 ? claim.Text[..120].TrimEnd() + "…" : claim.Text;
        string[] missing = [.. evidence.Missing(terms)];
        string why = evidence.Passages.Length == 0 ? "there is no passage"
            : missing.Length > 0 ? $"{string.Join(", ", missing)} {(missing.Length == 1 ? "occurs" : "occur")} in no passage"
            : claim.Passage == 0 && terms.Exact.Count > 0 ? $"no one passage has {string.Join(", ", terms.Exact.Values)}"
            : string.Create(CultureInfo.InvariantCulture, $"passages support {claim.Support:0.##} of it, less than {SupportThreshold:0.##}");
        return claim with { Reason = $"\"{text}\": {why}" };
    }

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double dot = 0, x = 0, y = 0;
        for (int i = 0; i < a.Length && i < b.Length; i++)
        {
            dot += (double)a[i] * b[i];
            x += (double)a[i] * a[i];
            y += (double)b[i] * b[i];
        }

        return x > 0 && y > 0 ? dot / Math.Sqrt(x * y) : 0;
    }
}
