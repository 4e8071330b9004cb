using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>The embedding generator of a model that may still be loading: texts wait for it. Does not own the model.</summary>
internal sealed class DeferredEmbeddingGenerator(LlamaModelHost host, LlamaEmbeddingOptions embedding) : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly EmbeddingGeneratorMetadata _metadata = new("llama.cpp", providerUri: null, host.Options.ModelId);
    private IEmbeddingGenerator<string, Embedding<float>>? _generator;
    private volatile bool _disposed;

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        ObjectDisposedException.ThrowIf(_disposed, this);
        LlamaModel model = await host.GetAsync(cancellationToken).ConfigureAwait(false);
        _generator ??= model.AsIEmbeddingGenerator(embedding);
        return await _generator.GenerateAsync(values, options, cancellationToken).ConfigureAwait(false);
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _generator?.GetService(serviceType) ?? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(host) ? host
            : host.Model is { } model && serviceType.IsInstanceOfType(model) ? model
            : null;
    }

    public void Dispose() => _disposed = true;
}
