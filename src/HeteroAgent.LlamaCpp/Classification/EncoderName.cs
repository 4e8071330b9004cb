using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>What an encoder calls itself.</summary>
internal static class EncoderName
{
    internal static string Of(IEmbeddingGenerator<string, Embedding<float>> encoder) =>
        (encoder.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata)?.DefaultModelId ?? "";
}
