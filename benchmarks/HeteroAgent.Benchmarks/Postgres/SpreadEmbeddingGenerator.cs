using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>Stands for an embedding model that would take half an hour for the corpus: a passage gets a vector that the real model made of another, moved by noise; a query its own real one.</summary>
/// <param name="real">Vectors of the real model, of length 1.</param>
/// <param name="queries">The queries' real vectors.</param>
/// <param name="noise">The length of the noise.</param>
internal sealed class SpreadEmbeddingGenerator(float[][] real, IReadOnlyDictionary<string, float[]> queries, double noise) : IEmbeddingGenerator<string, Embedding<float>>
{
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(v => new Embedding<float>(Embed(v)) { ModelId = "all-MiniLM-L6-v2 with noise" })));

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private float[] Embed(string text)
    {
        if (queries.TryGetValue(text, out float[]? own))
        {
            return own;
        }

        uint hash = 2166136261;
        foreach (char c in text)
        {
            hash = unchecked((hash ^ c) * 16777619);
        }

        Random random = new(unchecked((int)hash));
        float[] vector = real[random.Next(real.Length)];
        double scale = noise / Math.Sqrt(vector.Length);
        return [.. vector.Select(v => (float)(v + (scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))))];
    }
}
