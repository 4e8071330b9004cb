namespace HeteroAgent.LlamaCpp;

/// <summary>The sizes of a transformer of the llama family. Immutable.</summary>
internal sealed record TransformerShape
{
    /// <summary>The architecture as GGUF files name it: <c>llama</c>, <c>qwen2</c> or <c>qwen3</c>.</summary>
    internal string Architecture { get; init; } = "llama";

    internal required int VocabularySize { get; init; }

    /// <summary>The numbers a token, d.</summary>
    internal required int Width { get; init; }

    internal required int Layers { get; init; }

    internal required int Heads { get; init; }

    internal required int KeyValueHeads { get; init; }

    internal required int HeadSize { get; init; }

    /// <summary>The numbers between the two halves of the feed-forward layer.</summary>
    internal required int FeedForward { get; init; }

    /// <summary>The longest sequence in tokens.</summary>
    internal required int ContextLength { get; init; }

    internal float NormEpsilon { get; init; } = 1e-5f;

    internal double RotaryBase { get; init; } = 10_000;

    /// <summary>How many numbers of a head are turned.</summary>
    internal int RotaryDimensions { get; init; }

    /// <summary>Whether a token sees only what stands before it.</summary>
    internal bool Causal { get; init; } = true;

    /// <summary>Whether the output projection is the embedding.</summary>
    internal bool TiedOutput { get; init; } = true;

    /// <summary>Whether queries, keys and values have biases (Qwen2).</summary>
    internal bool AttentionBiases { get; init; }

    /// <summary>Whether queries and keys are normalised by heads (Qwen3).</summary>
    internal bool AttentionNorms { get; init; }

    internal bool RotatesNeighbours => Architecture == "llama";

    internal int QueryWidth => Heads * HeadSize;

    internal int KeyWidth => KeyValueHeads * HeadSize;

    /// <summary>The numbers of the matrices that every token is multiplied with, the output projection left out.</summary>
    internal long MatrixParameters => (long)Layers * (((long)Width * (QueryWidth + (2 * KeyWidth))) + ((long)QueryWidth * Width) + (3L * Width * FeedForward));
}
