using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>The embedding generator of a model that may still be loading: texts wait for it. Does not own the model.</summary>
internal sealed class DeferredEmbeddingGenerator(LlamaModelHost host) : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly EmbeddingGeneratorMetadata _metadata = new("llama.cpp", providerUri: null, host.Options.ModelId);
    private IEmbeddingGenerator<string, Embedding<float>>? _generator;

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        LlamaModel model = await host.GetAsync(cancellationToken).ConfigureAwait(false);
        _generator ??= model.AsIEmbeddingGenerator();
        return await _generator.GenerateAsync(values, options, cancellationToken).ConfigureAwait(false);
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : _generator?.GetService(serviceType) is { } found ? found
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(host) ? host
            : host.Model is { } model && serviceType.IsInstanceOfType(model) ? model
            : null;
    }

    public void Dispose()
    {
    }
}
