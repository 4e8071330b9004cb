using System.Numerics.Tensors;
using System.Text.Json;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

internal sealed class LlamaEmbeddingGeneratorTests
{
    /// <summary>Start, one piece, end: with so little to average, the rounding to eight bits shows most.</summary>
    private const int OneWord = 3;
    private LlamaModel _model = null!;
    private IEmbeddingGenerator<string, Embedding<float>> _generator = null!;

    [OneTimeSetUp]
    public async Task Load()
    {
        _model = await LlamaModel.LoadAsync(SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf"));
        _generator = _model.AsIEmbeddingGenerator();
    }

    [OneTimeTearDown]
    public void Unload()
    {
        _generator?.Dispose();
        _model?.Dispose();
    }

    [Test]
    public async Task Token_ids_and_vectors_are_those_of_the_original_model()
    {
        (string Text, int[] Ids, float[] Vector)[] golden = Golden();
        GeneratedEmbeddings<Embedding<float>> found = await _generator.GenerateAsync(golden.Select(g => g.Text));
        Assert.Multiple(() =>
        {
            for (int i = 0; i < golden.Length; i++)
            {
                Assert.That(_model.EmbeddingScheduler.Tokenizer.Encode(golden[i].Text, truncate: false), Is.EqualTo(golden[i].Ids), golden[i].Text);
                Assert.That(TensorPrimitives.CosineSimilarity(found[i].Vector.Span, golden[i].Vector), Is.GreaterThan(golden[i].Ids.Length > OneWord ? 0.999f : 0.998f), golden[i].Text);
                Assert.That(TensorPrimitives.Norm(found[i].Vector.Span), Is.EqualTo(1).Within(1e-5));
            }
        });
        Assert.That(found.Usage!.InputTokenCount, Is.EqualTo(golden.Sum(g => g.Ids.Length)));
        Assert.That(found[0].ModelId, Is.EqualTo("all-MiniLM-L6-v2"));
    }

    [Test]
    public async Task A_batch_gives_each_text_the_vector_that_it_has_alone_in_order()
    {
        string[] texts = [.. Enumerable.Range(0, 80).Select(i => string.Concat(Enumerable.Repeat($"word{i % 13} ", 1 + (i % 25))))];
        GeneratedEmbeddings<Embedding<float>> together = await _generator.GenerateAsync(texts);
        for (int i = 0; i < texts.Length; i += 11)
        {
            ReadOnlyMemory<float> alone = (await _generator.GenerateAsync([texts[i]]))[0].Vector;
            Assert.That(TensorPrimitives.CosineSimilarity(together[i].Vector.Span, alone.Span), Is.GreaterThan(0.9999f));
            Assert.That(together[i].Vector.ToArray(), Is.EqualTo(alone.ToArray()).Within(3e-3));
        }
    }

    [Test]
    public async Task Empty_text_is_its_marks_and_a_lone_surrogate_a_replacement_character()
    {
        GeneratedEmbeddings<Embedding<float>> found = await _generator.GenerateAsync(["", "a \uD800 b", "a \uFFFD b", "[SEP] [CLS]"]);
        Assert.That(_model.EmbeddingScheduler.Tokenizer.Encode("", truncate: false), Is.EqualTo(new[] { 101, 102 }));
        Assert.That(found.Select(f => TensorPrimitives.Norm(f.Vector.Span)), Is.All.EqualTo(1).Within(1e-5));
        Assert.That(found[1].Vector.ToArray(), Is.EqualTo(found[2].Vector.ToArray()).Within(1e-3));
        Assert.That(_model.EmbeddingScheduler.Tokenizer.Encode("[SEP]", truncate: false).Skip(1).SkipLast(1), Has.None.EqualTo(102), "user text makes no control token");
        Assert.That((await _generator.GenerateAsync([])).Count, Is.Zero);
    }

    [Test]
    public async Task A_text_that_is_too_long_is_refused_or_cut_at_its_end()
    {
        string longer = string.Concat(Enumerable.Repeat("word ", 600));
        Assert.That(() => _generator.GenerateAsync(["short", longer]), Throws.InstanceOf<ContextOverflowException>().With.Property("PromptTokens").EqualTo(602).And.Property("ContextLength").EqualTo(512));
        using IEmbeddingGenerator<string, Embedding<float>> cutting = _model.AsIEmbeddingGenerator(new LlamaEmbeddingOptions { Truncate = true });
        GeneratedEmbeddings<Embedding<float>> found = await cutting.GenerateAsync([longer, string.Concat(Enumerable.Repeat("word ", 510))]);
        Assert.That(found[0].Vector.ToArray(), Is.EqualTo(found[1].Vector.ToArray()).Within(1e-6));
        Assert.That(found.Usage!.InputTokenCount, Is.EqualTo(1024));
    }

    [Test]
    public async Task Raw_vectors_point_the_same_way()
    {
        using IEmbeddingGenerator<string, Embedding<float>> raw = _model.AsIEmbeddingGenerator(new LlamaEmbeddingOptions { Normalize = false });
        ReadOnlyMemory<float> vector = (await raw.GenerateAsync(["hello"]))[0].Vector;
        Assert.That(TensorPrimitives.Norm(vector.Span), Is.GreaterThan(2));
        ReadOnlyMemory<float> scaled = (await _generator.GenerateAsync(["hello"]))[0].Vector;
        Assert.That(TensorPrimitives.CosineSimilarity(vector.Span, scaled.Span), Is.GreaterThan(0.9999f));
    }

    [Test]
    public void Services_and_bad_arguments()
    {
        EmbeddingGeneratorMetadata metadata = (EmbeddingGeneratorMetadata)_generator.GetService(typeof(EmbeddingGeneratorMetadata))!;
        Assert.Multiple(() =>
        {
            Assert.That((metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions), Is.EqualTo(("llama.cpp", "all-MiniLM-L6-v2", 384)));
            Assert.That(_generator.GetService(typeof(LlamaModel)), Is.SameAs(_model));
            Assert.That(_generator.GetService(typeof(LlamaModel), "key"), Is.Null);
            Assert.That(() => _generator.GenerateAsync(null!), Throws.ArgumentNullException);
            Assert.That(() => _generator.GenerateAsync(["a", null!]), Throws.ArgumentException.With.Message.Contains("index 1"));
            Assert.That(() => _generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 100 }), Throws.ArgumentException.With.Message.Contains("384"));
            Assert.That(() => _generator.GenerateAsync(["a"], null, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        });
    }

    [Test]
    public async Task Callers_at_once_get_their_own_vectors_and_a_cancelled_one_ends()
    {
        using CancellationTokenSource source = new();
        Task<GeneratedEmbeddings<Embedding<float>>> cancelled = _generator.GenerateAsync(Enumerable.Repeat(string.Concat(Enumerable.Repeat("word ", 300)), 20), null, source.Token);
        Task<GeneratedEmbeddings<Embedding<float>>>[] others = [.. Enumerable.Range(0, 40).Select(i => _generator.GenerateAsync([$"text {i % 4}"]))];
        await source.CancelAsync();
        GeneratedEmbeddings<Embedding<float>>[] found = await Task.WhenAll(others);
        for (int i = 4; i < found.Length; i++)
        {
            Assert.That(TensorPrimitives.CosineSimilarity(found[i][0].Vector.Span, found[i % 4][0].Vector.Span), Is.GreaterThan(0.999f));
        }

        Assert.That(async () => await cancelled, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Disposing_the_model_ends_every_text()
    {
        LlamaModel model = await LlamaModel.LoadAsync(_model.Path!);
        using IEmbeddingGenerator<string, Embedding<float>> generator = model.AsIEmbeddingGenerator();
        _ = await generator.GenerateAsync(["warm"]);
        Task<GeneratedEmbeddings<Embedding<float>>> running = generator.GenerateAsync(Enumerable.Repeat(string.Concat(Enumerable.Repeat("word ", 400)), 30));
        await model.DisposeAsync();
        Assert.That(async () => await running, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => generator.GenerateAsync(["later"]), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public async Task A_chat_model_averages_its_states()
    {
        LlamaModel model = await Models.SmolLM2Async();
        using IEmbeddingGenerator<string, Embedding<float>> generator = model.AsIEmbeddingGenerator();
        string[] texts = ["A man is eating food.", "Someone has a meal.", "The stock market fell.", "<|im_start|>", ""];
        GeneratedEmbeddings<Embedding<float>> together = await generator.GenerateAsync(texts);
        GeneratedEmbeddings<Embedding<float>> again = await generator.GenerateAsync(texts);
        for (int i = 0; i < texts.Length; i++)
        {
            ReadOnlyMemory<float> alone = (await generator.GenerateAsync([texts[i]]))[0].Vector;
            Assert.That(TensorPrimitives.Norm(alone.Span), Is.EqualTo(1).Within(1e-5));
            Assert.That(together[i].Vector.ToArray(), Is.EqualTo(again[i].Vector.ToArray()).Within(1e-3));
            Assert.That(TensorPrimitives.CosineSimilarity(together[i].Vector.Span, alone.Span), Is.GreaterThan(0.999f));
        }

        Assert.That(together[0].Vector.Length, Is.EqualTo(model.EmbeddingLength));
        Assert.That(TensorPrimitives.CosineSimilarity(together[0].Vector.Span, together[1].Vector.Span), Is.GreaterThan(TensorPrimitives.CosineSimilarity(together[0].Vector.Span, together[2].Vector.Span)));
    }

    private static (string Text, int[] Ids, float[] Vector)[] Golden()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("models", "goldens", "minilm.json")));
        return
        [
            .. document.RootElement.EnumerateArray().Select(e => (
                e.GetProperty("text").GetString()!,
                e.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()).ToArray(),
                e.GetProperty("embedding").EnumerateArray().Select(v => v.GetSingle()).ToArray())),
        ];
    }
}
