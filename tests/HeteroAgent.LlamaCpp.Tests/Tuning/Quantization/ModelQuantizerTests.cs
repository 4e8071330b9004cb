using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class ModelQuantizerTests
{
    [Test]
    public async Task Eight_bits_lose_next_to_nothing()
    {
        using TemporaryFolder folder = new();
        string target = Path.Combine(folder.Path, "q8.gguf");
        List<float> shares = [];
        await ModelQuantizer.QuantizeAsync(Models.StoriesPath, target, "q8_0", new ModelQuantizerOptions { Threads = 1 }, new Progress(shares));
        LlamaModel original = await Models.StoriesAsync();
        await using LlamaModel small = await LlamaModel.LoadAsync(target);
        List<int> text = [original.Vocabulary.Bos];
        original.Vocabulary.AppendPlain("Once upon a time, there was a little girl named Lily. She liked to play outside in the sun.", text);
        int[] tokens = [.. text];
        double before = LogPerplexity(original, tokens);
        double after = LogPerplexity(small, tokens);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(small.File.Quantization, Is.EqualTo("Q8_0"));
            Assert.That(new FileInfo(target).Length, Is.LessThan(new FileInfo(Models.StoriesPath).Length / 2));
            Assert.That(before, Is.LessThan(3), "the model knows such stories");
            Assert.That(after, Is.EqualTo(before).Within(0.02));
            Assert.That(shares, Is.Ordered.And.Not.Empty);
            Assert.That(shares[^1], Is.EqualTo(1));
            Assert.That(Directory.GetFiles(folder.Path), Is.EqualTo(new[] { target }));
        }
    }

    [Test]
    public async Task The_chat_template_is_kept()
    {
        using TemporaryFolder folder = new();
        string target = Path.Combine(folder.Path, "q.gguf");
        string source = Path.Combine(folder.Path, "few.gguf");
        GgufFile smol = GgufFile.Read(Models.SmolLM2Path);

        // Two of the thirty blocks are enough for a template.
        GgufWriter writer = GgufWriter.WithMetadataOf(smol).Set("llama.block_count", 2u);
        foreach (GgufTensor tensor in smol.Tensors.Where(t => !t.Name.StartsWith("blk.", StringComparison.Ordinal) || t.Name.StartsWith("blk.0.", StringComparison.Ordinal) || t.Name.StartsWith("blk.1.", StringComparison.Ordinal)))
        {
            writer.SetTensor(smol, tensor);
        }

        writer.Write(source);
        Assert.That(
            async () => await ModelQuantizer.QuantizeAsync(source, target, "q4_0"),
            Throws.TypeOf<LlamaModelException>().With.Message.Contains("requantiz"));
        Assert.That(Directory.GetFiles(folder.Path), Is.EqualTo(new[] { source }));
        await ModelQuantizer.QuantizeAsync(source, target, "Q4_0", new ModelQuantizerOptions { AllowRequantize = true });
        GgufFile written = GgufFile.Read(target);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(written.Quantization, Is.EqualTo("Q4_0"));
            Assert.That(written.ChatTemplate, Is.EqualTo(smol.ChatTemplate).And.Not.Null);
            Assert.That(written.RequireRunnable, Throws.Nothing);
        }
    }

    [Test]
    public void What_cannot_be_done_is_refused_and_leaves_nothing()
    {
        using TemporaryFolder folder = new();
        string source = folder.File("m.gguf", GgufSamples.LlamaBytes);
        string target = Path.Combine(folder.Path, "q.gguf");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(async () => await ModelQuantizer.QuantizeAsync(source, source, "q8_0"), Throws.ArgumentException);
            Assert.That(async () => await ModelQuantizer.QuantizeAsync(source, target, "q9"), Throws.ArgumentException.With.Message.Contains("Q4_K_M"));
            Assert.That(async () => await ModelQuantizer.QuantizeAsync(target, target + "2", "q8_0"), Throws.TypeOf<FileNotFoundException>());
            Assert.That(async () => await ModelQuantizer.QuantizeAsync(source, Path.Combine(folder.Path, "absent", "q.gguf"), "q8_0"), Throws.TypeOf<TuningException>().With.Message.Contains("absent"));
            Assert.That(async () => await ModelQuantizer.QuantizeAsync(source, target, "q8_0", new ModelQuantizerOptions { Threads = 0 }), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(async () => await ModelQuantizer.QuantizeAsync(source, target, "q8_0", cancellationToken: new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(Directory.GetFiles(folder.Path), Is.EqualTo(new[] { source }));
        }
    }

    /// <summary>The mean negative log-probability of the tokens behind the first two.</summary>
    private static double LogPerplexity(LlamaModel model, int[] tokens)
    {
        using RawAdapterContext context = new(model, null);
        return -Enumerable.Range(2, tokens.Length - 2).Average(i => context.Next(tokens[..i])[tokens[i]]);
    }

    private sealed class Progress(List<float> shares) : IProgress<float>
    {
        public void Report(float value) => shares.Add(value);
    }
}
