using Microsoft.Extensions.AI;

namespace HeteroAgent.TestKit;

/// <summary>An embedding model for tests: the words of a text, hashed into a few numbers. Texts that share words are near each other. Thread-safe.</summary>
public sealed class HashedEmbeddingGenerator(string modelId = "hashed", int dimensions = 64, uint seed = 2166136261) : IEmbeddingGenerator<string, Embedding<float>>
{
    private int _texts;

    /// <summary>The number of texts that were embedded.</summary>
    public int TextCount => _texts;

    /// <summary>Called before each batch.</summary>
    public Action<IReadOnlyList<string>>? OnBatch { get; set; }

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string[] texts = [.. values];
        OnBatch?.Invoke(texts);
        _ = Interlocked.Add(ref _texts, texts.Length);
        return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(texts.Select(t => new Embedding<float>(Embed(t)) { ModelId = modelId })));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("hashed", null, modelId, dimensions)
        : serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private float[] Embed(string text)
    {
        float[] vector = new float[dimensions];
        foreach (string word in text.ToLowerInvariant().Split([.. " \n\r\t.,;:!?()[]{}\"'*#-"], StringSplitOptions.RemoveEmptyEntries))
        {
            uint hash = seed;
            foreach (char c in word)
            {
                hash = (hash ^ c) * 16777619;
            }

            vector[hash % dimensions] += (hash >> 16 & 1) == 0 ? 1 : -1;
        }

        float length = MathF.Sqrt(vector.Sum(static v => v * v));
        return length == 0 ? vector : [.. vector.Select(v => v / length)];
    }
}
