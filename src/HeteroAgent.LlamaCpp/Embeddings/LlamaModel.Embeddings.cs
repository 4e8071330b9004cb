using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

public sealed partial class LlamaModel
{
    /// <summary>The scheduler of embeddings, created with its native context at the first text.</summary>
    internal EmbeddingScheduler EmbeddingScheduler => Own(() => new EmbeddingScheduler(this));

    /// <summary>Makes an embedding generator on this model. Generators are light, share the model's batches, and do not own the model.</summary>
    /// <param name="options">How to embed; <see langword="null"/> for the defaults.</param>
    /// <returns>The generator.</returns>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public IEmbeddingGenerator<string, Embedding<float>> AsIEmbeddingGenerator(LlamaEmbeddingOptions? options = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new LlamaEmbeddingGenerator(this, options);
    }
}
