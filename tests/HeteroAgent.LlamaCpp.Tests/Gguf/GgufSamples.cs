using System.Globalization;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Small sound files to start from.</summary>
internal static class GgufSamples
{
    /// <summary>A llama of one block, 8 numbers wide, with a SentencePiece vocabulary of 260 tokens.</summary>
    public static GgufBuilder Llama()
    {
        object[] tokens =
        [
            "<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(b => string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>")), GgufBuilder.Latin("▁a"),
        ];
        object[] types = [2, 3, 3, .. Enumerable.Repeat((object)6, 256), 1];
        return new GgufBuilder()
            .With("general.architecture", "llama")
            .With("general.name", "a sample")
            .With("llama.context_length", 32u)
            .With("llama.embedding_length", 8u)
            .With("llama.block_count", 1u)
            .With("llama.feed_forward_length", 16u)
            .With("llama.attention.head_count", 2u)
            .With("llama.attention.head_count_kv", 1u)
            .With("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .With("tokenizer.ggml.model", "llama")
            .With("tokenizer.ggml.tokens", new GgufArray(GgufValueType.String, tokens))
            .With("tokenizer.ggml.scores", new GgufArray(GgufValueType.Float32, [.. Enumerable.Repeat((object)0f, 260)]))
            .With("tokenizer.ggml.token_type", new GgufArray(GgufValueType.Int32, types))
            .With("tokenizer.ggml.bos_token_id", 1u)
            .With("tokenizer.ggml.eos_token_id", 2u)
            .WithTensor("token_embd.weight", 8, 260)
            .WithTensor("output_norm.weight", 8)
            .WithTensor("blk.0.attn_norm.weight", 8)
            .WithTensor("blk.0.attn_q.weight", 8, 8)
            .WithTensor("blk.0.attn_k.weight", 8, 4)
            .WithTensor("blk.0.attn_v.weight", 8, 4)
            .WithTensor("blk.0.attn_output.weight", 8, 8)
            .WithTensor("blk.0.ffn_norm.weight", 8)
            .WithTensor("blk.0.ffn_gate.weight", 8, 16)
            .WithTensor("blk.0.ffn_up.weight", 8, 16)
            .WithTensor("blk.0.ffn_down.weight", 16, 8);
    }

    /// <summary>The bytes of <see cref="Llama"/>.</summary>
    public static byte[] LlamaBytes { get; } = Llama().Write();

    /// <summary>The exception that reading or checking these bytes throws.</summary>
    public static GgufException Refused(byte[] file, bool runnable = false) => Assert.Throws<GgufException>(() =>
    {
        GgufFile read = GgufFile.Read(new MemoryStream(file));
        if (runnable)
        {
            read.RequireRunnable();
        }
    })!;
}
