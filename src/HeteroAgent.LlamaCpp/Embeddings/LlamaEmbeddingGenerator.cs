using System.Numerics.Tensors;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>An <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> over a GGUF model in this process.</summary>
/// <remarks>
/// <para>An embedding model (<c>bert</c> and the like) pools as its file says; any other model's hidden states are averaged over the text's tokens. Vectors have length 1 unless <see cref="LlamaEmbeddingOptions.Normalize"/> is off.</para>
/// <para>Texts are embedded many at a time, also those of different callers; the order of the results is that of the texts. An empty text is embedded as the model's start and end marks alone. Control tokens written in a text stay ordinary text, and a lone surrogate reads as U+FFFD.</para>
/// <para>A text may have as many tokens as the model was trained for, at most 2,048; a longer one is refused or, with <see cref="LlamaEmbeddingOptions.Truncate"/>, cut at its end.</para>
/// <para>Safe for any number of threads. Disposing the generator does not dispose the model.</para>
/// </remarks>
public sealed class LlamaEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly LlamaModel _model;
    private readonly EmbeddingGeneratorMetadata _metadata;
    private readonly bool _normalize;
    private readonly bool _truncate;
    private readonly int _dimensions;
    private volatile bool _disposed;

    /// <summary>Creates a generator on a model.</summary>
    /// <param name="model">The model, which stays the caller's.</param>
    /// <param name="options">How to embed; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is <see langword="null"/>.</exception>
    public LlamaEmbeddingGenerator(LlamaModel model, LlamaEmbeddingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _normalize = options?.Normalize ?? true;
        _truncate = options?.Truncate ?? false;
        _dimensions = LlamaFunctions.llama_model_n_embd_out(model.Handle);
        _metadata = new EmbeddingGeneratorMetadata("llama.cpp", providerUri: null, model.Name, _dimensions);
    }

    /// <summary>Embeds texts.</summary>
    /// <param name="values">The texts.</param>
    /// <param name="options">Only <see cref="EmbeddingGenerationOptions.Dimensions"/> is read: it must be the model's own number.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One vector a text, in their order, with the number of tokens read.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A text is <see langword="null"/>, or other dimensions are asked for than the model has.</exception>
    /// <exception cref="ContextOverflowException">A text is longer than the model reads. Nothing has been embedded then.</exception>
    /// <exception cref="LlamaModelException">The native library failed.</exception>
    /// <exception cref="ObjectDisposedException">The generator or the model is disposed.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (options?.Dimensions is { } wanted && wanted != _dimensions)
        {
            throw new ArgumentException($"{_model.Name} makes vectors of {_dimensions} numbers, not of {wanted}.", nameof(options));
        }

        string[] texts = [.. values];
        int missing = Array.IndexOf(texts, null);
        if (missing >= 0)
        {
            throw new ArgumentException($"The text at index {missing} is null.", nameof(values));
        }

        // Creating the native context takes a moment, and so may long texts: not on the caller's thread.
        EmbeddingRequest[] requests = await Task.Run(() => Submit(texts, cancellationToken), cancellationToken).ConfigureAwait(false);
        float[][] vectors = await Task.WhenAll(requests.Select(r => r.Task)).ConfigureAwait(false);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        long tokens = requests.Sum(r => (long)r.Tokens.Length);
        return new GeneratedEmbeddings<Embedding<float>>(vectors.Select(v => new Embedding<float>(Scale(v)) { CreatedAt = now, ModelId = _model.Name }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_model) ? _model
            : null;
    }

    /// <summary>Refuses later calls. The model is not disposed.</summary>
    public void Dispose() => _disposed = true;

    private EmbeddingRequest[] Submit(string[] texts, CancellationToken cancellationToken)
    {
        EmbeddingScheduler scheduler = _model.EmbeddingScheduler;
        EmbeddingRequest[] requests = [.. texts.Select(t => new EmbeddingRequest(scheduler.Tokenizer.Encode(t, _truncate), cancellationToken))];
        scheduler.Submit(requests);
        return requests;
    }

    private float[] Scale(float[] vector)
    {
        float length = TensorPrimitives.Norm<float>(vector);
        if (_normalize && length > 0)
        {
            TensorPrimitives.Divide(vector, length, vector);
        }

        return vector;
    }
}
