using System.Text.Json.Serialization;

namespace HeteroAgent;

/// <summary>The passages that a model was shown, which of them its answer points to, and how far they support it. Immutable.</summary>
public sealed record RetrievalRecord
{
    internal static readonly ResponseRecord<RetrievalRecord> Slot = new("heteroagent.retrieval", static () => HeteroAgentJsonContext.Default.RetrievalRecord);

    /// <summary>Creates a record.</summary>
    /// <param name="passages">The passages; that of number n stands at n - 1.</param>
    /// <param name="citedNumbers">The numbers of the passages that the answer points to, each from 1 to the number of passages, ascending.</param>
    /// <param name="grounding">How far the passages support the answer, in [0, 1]; <see langword="null"/> where it claims nothing that can be checked, or nothing was.</param>
    /// <param name="unsupportedClaims">The claims that no passage supports, one readable line each; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="passages"/> or <paramref name="citedNumbers"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A passage or a claim is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No passage has a cited number, or <paramref name="grounding"/> is outside [0, 1].</exception>
    [JsonConstructor]
    public RetrievalRecord(IReadOnlyList<RetrievedPassage> passages, IReadOnlyList<int> citedNumbers, double? grounding = null, IReadOnlyList<string>? unsupportedClaims = null)
    {
        ArgumentNullException.ThrowIfNull(passages);
        ArgumentNullException.ThrowIfNull(citedNumbers);
        if (passages.Contains(null!))
        {
            throw new ArgumentException("A passage is null.", nameof(passages));
        }

        if (unsupportedClaims?.Contains(null!) == true)
        {
            throw new ArgumentException("A claim is null.", nameof(unsupportedClaims));
        }

        foreach (int number in citedNumbers)
        {
            if (number < 1 || number > passages.Count)
            {
                throw new ArgumentOutOfRangeException(nameof(citedNumbers), number, $"A citation names one of {passages.Count} passages by its number, from 1.");
            }
        }

        if (grounding is { } score && !(score is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(grounding), score, "A grounding score lies between 0 and 1.");
        }

        Passages = passages;
        CitedNumbers = citedNumbers;
        Grounding = grounding;
        UnsupportedClaims = unsupportedClaims ?? [];
    }

    /// <summary>Gets the passages that the model was shown; that of number n stands at n - 1.</summary>
    public IReadOnlyList<RetrievedPassage> Passages { get; }

    /// <summary>Gets the numbers of the passages that the answer points to, from 1.</summary>
    public IReadOnlyList<int> CitedNumbers { get; }

    /// <summary>Gets how far the passages support the answer, in [0, 1]; <see langword="null"/> where it claims nothing that can be checked, or nothing was.</summary>
    public double? Grounding { get; }

    /// <summary>Gets the claims that no passage supports, one readable line each.</summary>
    public IReadOnlyList<string> UnsupportedClaims { get; }

    /// <summary>Gets the passages that the answer points to.</summary>
    [JsonIgnore]
    public IReadOnlyList<Citation> Citations => [.. CitedNumbers.Select(n => new Citation(n, Passages[n - 1]))];

    /// <summary>Reads the record among additional properties, such as those of an update or a message, or the metadata that Semantic Kernel makes of them.</summary>
    /// <param name="properties">The properties; the record may stand among them as an object or as JSON.</param>
    /// <returns>The record, or <see langword="null"/> where there is none or it is malformed.</returns>
    public static RetrievalRecord? From(IReadOnlyDictionary<string, object?>? properties) => Slot.Read(properties);
}
