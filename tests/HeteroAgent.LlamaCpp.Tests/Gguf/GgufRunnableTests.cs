using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Each case here made libllama v0.5.0 abort, or read beyond an array, when it was let through, or is a kind of file that cannot answer.</summary>
public sealed class GgufRunnableTests
{
    private const string Arch = "general.architecture";

    [TestCase("llama.block_count", 0u)]
    [TestCase("llama.block_count", 513u)]
    [TestCase("llama.block_count", 2u)]
    [TestCase("llama.context_length", 0u)]
    [TestCase("llama.embedding_length", 9u)]
    [TestCase("llama.attention.head_count", 0u)]
    [TestCase("llama.attention.head_count", 3u)]
    [TestCase("llama.attention.head_count_kv", 0u)]
    [TestCase("llama.attention.head_count_kv", 2u)]
    [TestCase("llama.attention.layer_norm_rms_epsilon", -1e-5f)]
    [TestCase("llama.attention.layer_norm_rms_epsilon", float.NaN)]
    [TestCase("llama.attention.layer_norm_rms_epsilon", 1u)]
    [TestCase("llama.rope.scaling.type", "su")]
    [TestCase("llama.rope.freq_base", float.PositiveInfinity)]
    [TestCase("llama.expert_count", 1000u)]
    [TestCase("llama.expert_count", 8u)]
    [TestCase("llama.expert_used_count", 2u)]
    [TestCase("llama.expert_group_count", 4u)]
    [TestCase("llama.nextn_predict_layers", 2u)]
    [TestCase("llama.pooling_type", 99u)]
    [TestCase("tokenizer.ggml.model", "none")]
    [TestCase("tokenizer.ggml.model", "gpt2")]
    [TestCase("tokenizer.ggml.eos_token_id", 260u)]
    [TestCase("tokenizer.ggml.bos_token_id", -1)]
    [TestCase("tokenizer.ggml.tokens", "text")]
    [TestCase("tokenizer.chat_template", 1u)]
    public void A_value_that_libllama_would_not_survive(string key, object value)
    {
        GgufException e = GgufSamples.Refused(GgufSamples.Llama().With(key, value).Write(), runnable: true);
        Assert.That(e.Error, Is.EqualTo(GgufError.Incoherent), e.Message);
    }

    [TestCase(Arch)]
    [TestCase("llama.block_count")]
    [TestCase("llama.context_length")]
    [TestCase("llama.embedding_length")]
    [TestCase("llama.attention.head_count")]
    [TestCase("tokenizer.ggml.model")]
    [TestCase("tokenizer.ggml.tokens")]
    public void A_key_that_every_model_needs(string key)
    {
        GgufException e = GgufSamples.Refused(GgufSamples.Llama().Without(key).Write(), runnable: true);
        Assert.That(e.Error, Is.EqualTo(GgufError.Incoherent));
        Assert.That(e.Message, Does.Contain(key));
    }

    [TestCase("mistral9000", "does not know the architecture 'mistral9000'")]
    [TestCase("llama5", "it knows 'llama'")]
    public void A_foreign_architecture_is_named(string name, string message)
    {
        GgufException e = GgufSamples.Refused(GgufSamples.Llama().With(Arch, name).Write(), runnable: true);
        Assert.That(e.Error, Is.EqualTo(GgufError.UnsupportedArchitecture));
        Assert.That(e.Message, Does.Contain(message));
    }

    [Test]
    public void A_vocabulary_cannot_answer()
    {
        GgufBuilder builder = GgufSamples.Llama();
        builder.Tensors.Clear();
        Assert.That(builder.Read().IsVocabularyOnly, Is.True);
        Assert.That(builder.Read().RequireRunnable, Throws.TypeOf<GgufException>().With.Property("Error").EqualTo(GgufError.NotAModel).And.Message.Contains("vocabulary of 260"));
    }

    [TestCase("general.type", "mmproj")]
    [TestCase("split.count", (ushort)3)]
    public void A_part_of_a_model_cannot_answer(string key, object value) =>
        Assert.That(GgufSamples.Refused(GgufSamples.Llama().With(key, value).Write(), runnable: true).Error, Is.EqualTo(GgufError.NotAModel));

    [Test]
    public void A_token_twice() => Vocabulary((tokens, _) => tokens[259] = "<s>", "the tokens 1 and 259");

    [Test]
    public void Tokens_that_are_equal_up_to_a_NUL() => Vocabulary((tokens, _) => tokens[259] = "<s>\0x", "the tokens 1 and 259");

    [Test]
    public void A_byte_without_a_token() => Vocabulary((tokens, types) => (tokens[3 + 0xC3], types[3 + 0xC3]) = ("c3", 1), "<0xC3>");

    [Test]
    public void A_byte_token_that_names_no_byte() => Vocabulary((tokens, types) => (tokens[259], types[259]) = ("ab", 6), "type of a byte");

    [TestCase("scores")]
    [TestCase("token_type")]
    public void Arrays_shorter_than_the_vocabulary(string name)
    {
        GgufValueType type = name == "scores" ? GgufValueType.Float32 : GgufValueType.Int32;
        object[] values = [.. Enumerable.Repeat(name == "scores" ? (object)0f : 1, 100)];
        GgufException e = GgufSamples.Refused(GgufSamples.Llama().With("tokenizer.ggml." + name, new GgufArray(type, values)).Write(), runnable: true);
        Assert.That(e.Message, Does.Contain("100 entries for 260 tokens"));
    }

    [TestCase("ab")]
    [TestCase(" ab")]
    [TestCase("ab ")]
    [TestCase("")]
    public void A_merge_of_one_part(string merge)
    {
        GgufException e = GgufSamples.Refused(GgufSamples.Llama().With("tokenizer.ggml.merges", new GgufArray(GgufValueType.String, ["a b", merge])).Write(), runnable: true);
        Assert.That(e.Message, Does.Contain("merge 1"));
    }

    [TestCase("output_norm.weight", 26u, 32)]
    [TestCase("output_norm.weight", 1u, 16)]
    [TestCase("blk.0.attn_q.weight", 26u, 256)]
    [TestCase("blk.0.attn_q.weight", 28u, 512)]
    public void A_weight_that_the_engine_cannot_use(string name, uint type, int bytes)
    {
        GgufBuilder builder = GgufSamples.Llama();
        int at = builder.Tensors.FindIndex(t => t.Name == name);
        builder.Tensors[at] = builder.Tensors[at] with { Type = type, Data = new byte[bytes] };
        GgufException e = GgufSamples.Refused(builder.Write(), runnable: true);
        Assert.That(e.Error, Is.EqualTo(GgufError.UnsupportedTensorType));
        Assert.That(e.Message, Does.Contain(name));
    }

    [Test]
    public void A_tensor_that_is_missing()
    {
        GgufBuilder builder = GgufSamples.Llama();
        builder.Tensors.RemoveAll(t => t.Name == "blk.0.ffn_up.weight");
        Assert.That(GgufSamples.Refused(builder.Write(), runnable: true).Message, Does.Contain("'blk.0.ffn_up.weight' is missing"));
    }

    [Test]
    public void A_vocabulary_of_another_size_than_the_embedding()
    {
        GgufBuilder builder = GgufSamples.Llama();
        builder.Tensors[0] = builder.Tensors[0] with { Shape = [8, 259], Data = new byte[8 * 259 * 4] };
        Assert.That(GgufSamples.Refused(builder.Write(), runnable: true).Message, Does.Contain("[8, 259] for a vocabulary of 260"));
    }

    [Test]
    public void Data_that_is_aligned_to_less_than_the_engine_needs()
    {
        GgufBuilder builder = GgufSamples.Llama().With("general.alignment", 8u);
        builder.Alignment = 8;
        Assert.That(builder.Read().Alignment, Is.EqualTo(8));
        Assert.That(GgufSamples.Refused(builder.Write(), runnable: true).Message, Does.Contain("multiple of 32"));
    }

    private static void Vocabulary(Action<object[], object[]> change, string message)
    {
        GgufBuilder builder = GgufSamples.Llama();
        GgufArray tokens = (GgufArray)builder.Pairs.Find(p => p.Key == "tokenizer.ggml.tokens")!.Value;
        GgufArray types = (GgufArray)builder.Pairs.Find(p => p.Key == "tokenizer.ggml.token_type")!.Value;
        change(tokens.Values, types.Values);
        Assert.That(GgufSamples.Refused(builder.Write(), runnable: true).Message, Does.Contain(message));
    }
}
