namespace HeteroAgent.LlamaCpp;

/// <summary>How texts are embedded. Read when the generator is made; later changes have no effect.</summary>
public sealed class LlamaEmbeddingOptions
{
    /// <summary>Gets or sets whether vectors are scaled to length 1, so that their inner product is their cosine.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool Normalize { get; set; } = true;

    /// <summary>Gets or sets whether a text with more tokens than the model reads is cut at its end, instead of being refused with <see cref="ContextOverflowException"/>.</summary>
    /// <value>Default <see langword="false"/>: the end of a text is not lost silently.</value>
    public bool Truncate { get; set; }
}
