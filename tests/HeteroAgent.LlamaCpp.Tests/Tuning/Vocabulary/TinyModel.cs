namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>The smallest file that llama.cpp loads with a vocabulary.</summary>
internal static class TinyModel
{
    private const int Width = 32;

    internal static async Task<LlamaModel> LoadAsync(BytePairVocabulary vocabulary, TemporaryFolder folder)
    {
        GgufWriter writer = new("llama");
        writer.Set("general.name", "tiny")
            .Set("llama.context_length", 64u)
            .Set("llama.embedding_length", (uint)Width)
            .Set("llama.block_count", 1u)
            .Set("llama.feed_forward_length", (uint)Width)
            .Set("llama.attention.head_count", 2u)
            .Set("llama.attention.head_count_kv", 2u)
            .Set("llama.rope.dimension_count", 16u)
            .Set("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        vocabulary.WriteTo(writer);
        Add(writer, "token_embd.weight", Width, vocabulary.Tokens.Count);
        Add(writer, "output_norm.weight", Width);
        foreach (string norm in (string[])["attn_norm", "ffn_norm"])
        {
            Add(writer, $"blk.0.{norm}.weight", Width);
        }

        foreach (string matrix in (string[])["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"])
        {
            Add(writer, $"blk.0.{matrix}.weight", Width, Width);
        }

        string path = Path.Combine(folder.Path, "tiny.gguf");
        writer.Write(path);
        return await LlamaModel.LoadAsync(path);
    }

    private static void Add(GgufWriter writer, string name, params long[] shape) =>
        writer.SetTensor(name, shape, new float[shape.Aggregate(1L, (a, b) => a * b)]);
}
