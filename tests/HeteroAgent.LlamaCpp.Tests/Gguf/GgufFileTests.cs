using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class GgufFileTests
{
    [Test]
    public void Reads_the_small_chat_model()
    {
        GgufFile file = GgufFile.Read(SharedData.Require("models", "SmolLM2-135M-Instruct.Q4_1.gguf"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.Version, Is.EqualTo(3));
            Assert.That(file.Architecture, Is.EqualTo("llama"));
            Assert.That(file.Name, Is.EqualTo("Smollm2 135M 8k Lc100K Mix1 Ep2"));
            Assert.That(file.Type, Is.EqualTo("model"));
            Assert.That(file.Quantization, Is.EqualTo("Q4_1"));
            Assert.That(file.ParameterCount, Is.EqualTo(134_515_008));
            Assert.That(file.SizeInBytes, Is.EqualTo(98_362_432));
            Assert.That(file.ContextLength, Is.EqualTo(8192));
            Assert.That(file.EmbeddingLength, Is.EqualTo(576));
            Assert.That(file.BlockCount, Is.EqualTo(30));
            Assert.That(file.HeadCount, Is.EqualTo(9));
            Assert.That(file.HeadCountKv, Is.EqualTo(3));
            Assert.That(file.VocabularySize, Is.EqualTo(49_152));
            Assert.That(file.TokenizerModel, Is.EqualTo("gpt2"));
            Assert.That(file.TokenizerPre, Is.EqualTo("smollm"));
            Assert.That(file.ChatTemplate, Does.StartWith("{% for message in messages %}").And.Contain("<|im_start|>"));
            Assert.That(file.Tensors, Has.Count.EqualTo(272));
            Assert.That(file.Tensors[0].Type, Is.EqualTo(GgmlType.Q8_0));
            Assert.That(file.Metadata.TryGetStrings("tokenizer.ggml.merges", out IReadOnlyList<string>? merges) ? merges[0] : null, Is.EqualTo("Ġ t"));
            Assert.That(file.RequireRunnable, Throws.Nothing);
        }
    }

    [Test]
    public void Reads_the_embedding_model()
    {
        GgufFile file = GgufFile.Read(SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.Architecture, Is.EqualTo("bert"));
            Assert.That(file.Quantization, Is.EqualTo("Q8_0"));
            Assert.That(file.ContextLength, Is.EqualTo(512));
            Assert.That(file.HeadCountKv, Is.EqualTo(12), "heads are not shared where the file does not say so");
            Assert.That(file.VocabularySize, Is.EqualTo(30_522));
            Assert.That(file.ChatTemplate, Is.Null);
            Assert.That(file.Metadata.TryGetBoolean("bert.attention.causal", out bool causal), Is.True);
            Assert.That(causal, Is.False);
            Assert.That(file.RequireRunnable, Throws.Nothing);
        }
    }

    [Test]
    public void Reads_the_smallest_model_and_its_scores()
    {
        GgufFile file = GgufFile.Read(SharedData.Require("models", "stories260K.gguf"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.Quantization, Is.EqualTo("F32"), "the file states none, its tensors are F32");
            Assert.That(file.Metadata.TryGetFloats("tokenizer.ggml.scores", out IReadOnlyList<float>? scores) ? scores.Count : 0, Is.EqualTo(512));
            Assert.That(file.Metadata.TryGetUInt64("tokenizer.ggml.padding_token_id", out ulong none) ? none : 0, Is.EqualTo(uint.MaxValue));
            Assert.That(file.RequireRunnable, Throws.Nothing);
        }
    }

    [Test]
    public void Reads_the_starter() =>
        Assert.That(GgufFile.Read(SharedData.Require("models", "starter", "snips.gguf")).RequireRunnable, Throws.Nothing);

    [Test]
    public void Reads_an_adapter_and_refuses_to_run_it()
    {
        GgufFile file = GgufFile.Read(SharedData.Require("models", "goldens", "tuning", "lora-init.gguf"));
        Assert.That(file.IsAdapter, Is.True);
        Assert.That(file.RequireRunnable, Throws.TypeOf<GgufException>().With.Property("Error").EqualTo(GgufError.NotAModel));
    }

    [Test]
    public void Reads_what_the_builder_wrote()
    {
        GgufFile file = GgufSamples.Llama().Read();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.Path, Is.Null);
            Assert.That(file.ParameterCount, Is.EqualTo((8 * 260) + (3 * 8) + 64 + 32 + 32 + 64 + (3 * 128)));
            Assert.That(file.DataOffset % 32, Is.Zero);
            Assert.That(file.Tensors[1].Offset, Is.EqualTo(8 * 260 * 4));
            Assert.That(file.Metadata.TryGetStrings("tokenizer.ggml.tokens", out IReadOnlyList<string>? tokens) ? tokens[^1] : null, Is.EqualTo("▁a"));
            Assert.That(file.RequireRunnable, Throws.Nothing);
        }
    }

    [Test]
    public void Leaves_the_stream_open_and_starts_at_its_position()
    {
        using MemoryStream stream = new([1, 2, 3, .. GgufSamples.LlamaBytes]);
        stream.Position = 3;
        Assert.That(GgufFile.Read(stream).SizeInBytes, Is.EqualTo(GgufSamples.LlamaBytes.Length));
        Assert.That(stream.CanRead, Is.True);
    }

    [Test]
    public void Reads_version_2()
    {
        GgufBuilder builder = GgufSamples.Llama();
        builder.Version = 2;
        Assert.That(builder.Read().Version, Is.EqualTo(2));
    }

    [Test]
    public void A_missing_file_is_named() =>
        Assert.That(() => GgufFile.Read("/nowhere/model.gguf"), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("/nowhere/model.gguf").And.Property("FileName").Not.Null);

    [Test]
    public void A_folder_is_no_model() =>
        Assert.That(() => GgufFile.Read(Path.GetTempPath()), Throws.TypeOf<GgufException>().With.Message.Contains("folder"));

    [Test]
    public void A_stream_without_a_length_is_refused() =>
        Assert.That(() => GgufFile.Read(new System.IO.Compression.DeflateStream(new MemoryStream(), System.IO.Compression.CompressionMode.Decompress)), Throws.ArgumentException);
}
