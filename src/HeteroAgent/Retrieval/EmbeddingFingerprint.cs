using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>What tells one embedding model from another: its name, the length of its vectors, and the vector of a fixed text, since one name may stand for two models.</summary>
internal sealed record EmbeddingFingerprint(string Model, float[] Probe)
{
    private const string ProbeText = "The quick brown fox jumps over the lazy dog, 1234567890 times.";

    // The same weights on other hardware, or quantised a little differently, stay above this; another model stays far below.
    private const double SameProbe = 0.98;

    public int Dimensions => Probe.Length;

    public static async Task<EmbeddingFingerprint> CreateAsync(IEmbeddingGenerator<string, Embedding<float>> generator, CancellationToken cancellationToken)
    {
        GeneratedEmbeddings<Embedding<float>> made = await generator.GenerateAsync([ProbeText], null, cancellationToken).ConfigureAwait(false);
        float[] probe = made.Count == 1 ? made[0].Vector.ToArray() : throw new InvalidOperationException($"The embedding generator made {made.Count} vectors of 1 text.");
        if (probe.Length == 0 || !double.IsFinite(Dot(probe, probe)))
        {
            throw new InvalidOperationException($"The embedding generator made a vector that cannot be searched by: {probe.Length} numbers{(probe.Length == 0 ? "" : ", not all of them finite")}.");
        }

        string? name = made[0].ModelId ?? generator.GetService<EmbeddingGeneratorMetadata>()?.DefaultModelId;
        return new EmbeddingFingerprint(string.IsNullOrEmpty(name) ? generator.GetType().Name : name, probe);
    }

    /// <summary>Says why vectors of the other model cannot stand beside those of this one; null where they can.</summary>
    public string? Difference(EmbeddingFingerprint other) =>
        Dimensions != other.Dimensions ? $"It was made with the embedding model {Model} of {Dimensions} dimensions; {other.Model} has {other.Dimensions}."
        : Model != other.Model ? $"It was made with the embedding model {Model}, not with {other.Model}."
        : Cosine(Probe, other.Probe) < SameProbe ? $"It was made with another embedding model that is called {Model} too: the two do not agree on the vector of a fixed text."
        : null;

    /// <summary>The cosine of two vectors of one length; 0 where one of them is zero.</summary>
    public static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        Math.Sqrt(Dot(a, a) * Dot(b, b)) is > 0 and var length ? Dot(a, b) / length : 0;

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }
}
