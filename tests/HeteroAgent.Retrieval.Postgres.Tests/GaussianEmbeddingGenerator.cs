using Microsoft.Extensions.AI;

namespace HeteroAgent.Retrieval.Postgres.Tests;

/// <summary>A vector a text, drawn around one of some centres by the text's hash: clustered, as real embeddings are.</summary>
internal sealed class GaussianEmbeddingGenerator(int dimensions) : IEmbeddingGenerator<string, Embedding<float>>
{
    private const int Centres = 40;

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(v => new Embedding<float>(Embed(v)) { ModelId = "gaussian" })));

    public float[] Embed(string text)
    {
        int hash = 17;
        foreach (char c in text)
        {
            hash = unchecked((hash * 31) + c);
        }

        float[] centre = Draw(new Random((int)((uint)hash % Centres)));
        float[] own = Draw(new Random(hash));
        return [.. centre.Zip(own, static (c, o) => c + o)];
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private float[] Draw(Random random) => [.. Enumerable.Range(0, dimensions).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
}
