using System.Numerics.Tensors;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>Gives each text a vector mixed from those of two real texts, with some noise: the texts lie as densely as real ones, and none costs a model's time.</summary>
internal sealed class MixedEmbeddingGenerator(float[][] real) : IEmbeddingGenerator<string, Embedding<float>>
{
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(t => new Embedding<float>(Mix(t)) { ModelId = "mixed" })));

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private float[] Mix(string text)
    {
        Random random = new(Seed(text));
        float[] a = real[random.Next(real.Length)];
        float[] b = real[random.Next(real.Length)];
        float share = random.NextSingle();
        float[] vector = [.. a.Select((x, i) => (share * x) + ((1 - share) * b[i]) + (0.02f * ((random.NextSingle() * 2) - 1)))];
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        return vector;
    }

    private static int Seed(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 16777619;
        }

        return (int)hash;
    }
}
