namespace HeteroAgent.LlamaCpp;

/// <summary>The sizes of a llama model in a GGUF file's metadata.</summary>
internal static class LlamaMetadata
{
    internal static void Set(GgufWriter writer, TransformerShape shape)
    {
        writer.Set("llama.context_length", (uint)shape.ContextLength);
        writer.Set("llama.embedding_length", (uint)shape.Width);
        writer.Set("llama.block_count", (uint)shape.Layers);
        writer.Set("llama.feed_forward_length", (uint)shape.FeedForward);
        writer.Set("llama.attention.head_count", (uint)shape.Heads);
        writer.Set("llama.attention.head_count_kv", (uint)shape.KeyValueHeads);
        writer.Set("llama.attention.layer_norm_rms_epsilon", shape.NormEpsilon);
        if (!shape.Causal)
        {
            writer.Set("llama.attention.causal", false);
        }

        writer.Set("llama.rope.dimension_count", (uint)shape.HeadSize);
        writer.Set("llama.rope.freq_base", (float)shape.RotaryBase);
        writer.Set("llama.vocab_size", (uint)shape.VocabularySize);
    }
}
