using System.Numerics.Tensors;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Tells encoders apart by the vector that they give a fixed text. Quantisations of one model agree; other models do not.</summary>
internal static class EncoderProbe
{
    internal const string Text = "Where is the parcel that I ordered on Monday, and what does it cost to send it back?";

    /// <summary>Quantisation to eight bits moves a vector to a cosine of .999, to four bits to about .98; unrelated models give about 0.</summary>
    private const float LeastCosine = 0.95f;

    internal static async Task<float[]> TakeAsync(IEmbeddingGenerator<string, Embedding<float>> encoder, CancellationToken cancellationToken) =>
        (await EncodedTexts.EncodeAsync(encoder, [Text], onBatch: null, cancellationToken).ConfigureAwait(false)).Vectors;

    /// <exception cref="ClassifierHeadException">The head belongs to another encoder.</exception>
    internal static void Check(ClassifierHead head, float[] probe, string encoderName)
    {
        string trained = head.EncoderName.Length > 0 ? $"'{head.EncoderName}'" : "another encoder";
        if (probe.Length != head.Dimension)
        {
            throw new ClassifierHeadException(ClassifierHeadError.OtherEncoder, $"it was trained on {trained}, whose vectors have {head.Dimension} numbers; those of '{encoderName}' have {probe.Length}.", head.Path);
        }

        float cosine = TensorPrimitives.Dot<float>(probe, head.Probe);
        if (!(cosine >= LeastCosine))
        {
            throw new ClassifierHeadException(ClassifierHeadError.OtherEncoder, FormattableString.Invariant($"it was trained on {trained}; '{encoderName}' gives a fixed sentence another vector (cosine {cosine:0.00}, at least {LeastCosine:0.00} was expected)."), head.Path);
        }
    }
}
