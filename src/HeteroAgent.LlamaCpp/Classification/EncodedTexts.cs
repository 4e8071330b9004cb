using System.Numerics.Tensors;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Texts as vectors of length 1.</summary>
/// <param name="Vectors">One vector after the other.</param>
/// <param name="Dimension">The length of a vector; 0 where there is no text.</param>
/// <param name="Tokens">The tokens read, or 0 where the encoder does not report them.</param>
internal sealed record EncodedTexts(float[] Vectors, int Dimension, long Tokens)
{
    private const int Batch = 256;

    internal ReadOnlySpan<float> Vector(int text) => Vectors.AsSpan(text * Dimension, Dimension);

    /// <summary>The vectors of texts, a batch after the other.</summary>
    /// <exception cref="InvalidOperationException">The encoder gave something other than one finite vector a text.</exception>
    internal static async Task<EncodedTexts> EncodeAsync(IEmbeddingGenerator<string, Embedding<float>> encoder, IReadOnlyList<string> texts, Action<int, long>? onBatch, CancellationToken cancellationToken)
    {
        float[] vectors = [];
        int dimension = 0;
        long tokens = 0;
        int done = 0;
        foreach (string[] batch in texts.Chunk(Batch))
        {
            GeneratedEmbeddings<Embedding<float>> embeddings = await encoder.GenerateAsync(batch, options: null, cancellationToken).ConfigureAwait(false);
            if (embeddings.Count != batch.Length)
            {
                throw new InvalidOperationException($"The encoder gave {embeddings.Count} vectors for {batch.Length} texts.");
            }

            if (dimension == 0)
            {
                dimension = embeddings[0].Vector.Length;
                vectors = new float[(long)texts.Count * dimension];
            }

            for (int i = 0; i < batch.Length; i++)
            {
                ReadOnlySpan<float> vector = embeddings[i].Vector.Span;
                if (vector.Length != dimension || dimension == 0 || !TensorPrimitives.IsFiniteAll(vector))
                {
                    throw new InvalidOperationException($"The encoder gave the text at index {done + i} a vector of {vector.Length} numbers{(vector.Length == dimension ? " that are not all finite" : "")}; {dimension} finite numbers were expected.");
                }

                Span<float> to = vectors.AsSpan((done + i) * dimension, dimension);
                vector.CopyTo(to);
                UnitLength.Scale(to);
            }

            tokens += embeddings.Usage?.InputTokenCount ?? 0;
            done += batch.Length;
            onBatch?.Invoke(done, tokens);
        }

        return new EncodedTexts(vectors, dimension, tokens);
    }
}
