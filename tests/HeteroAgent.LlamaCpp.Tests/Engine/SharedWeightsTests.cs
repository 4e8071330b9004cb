using HeteroAgent.TestKit;
using LLama;
using LLama.Common;
using LLama.Sampling;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Models made of weights that the application loaded with LLamaSharp.</summary>
public sealed class SharedWeightsTests
{
    private static readonly LlamaModelOptions Stories = new() { ChatTemplate = "chatml", GpuLayers = 0, ContextLength = 1024, Threads = 1, BatchThreads = 1 };
    private static readonly ChatOptions Few = new() { MaxOutputTokens = 12 };

    private static ModelParams Params(string path) => new(path) { GpuLayerCount = 0, ContextSize = 256 };

    private static LLamaWeights Load(string path)
    {
        LlamaRuntime.Load();
        return LLamaWeights.LoadFromFile(Params(path));
    }

    [Test]
    public async Task Name_template_vocabulary_and_answers_are_those_of_the_file()
    {
        // With one thread near-ties fall the same way in both.
        LlamaModelOptions single = new() { GpuLayers = 0, Threads = 1, BatchThreads = 1 };
        using LLamaWeights weights = Load(Models.SmolLM2Path);
        using LlamaModel model = LlamaModel.From(weights, single);
        using LlamaModel loaded = await LlamaModel.LoadAsync(Models.SmolLM2Path, single);
        string answer = (await model.AsIChatClient().GetResponseAsync("What is the capital of France?", Few)).Text;
        string expected = (await loaded.AsIChatClient().GetResponseAsync("What is the capital of France?", Few)).Text;
        Assert.Multiple(() =>
        {
            Assert.That((model.Name, model.Architecture, model.ChatTemplate), Is.EqualTo((loaded.Name, loaded.Architecture, loaded.ChatTemplate)));
            Assert.That((model.VocabularySize, model.ParameterCount, model.SizeInBytes), Is.EqualTo((loaded.VocabularySize, loaded.ParameterCount, loaded.SizeInBytes)));
            Assert.That(model.Path, Is.Null);
            Assert.That(answer, Is.EqualTo(expected));
        });
    }

    [Test]
    public async Task Structured_answers_are_valid()
    {
        using LLamaWeights weights = Load(Models.SmolLM2Path);
        using LlamaModel model = LlamaModel.From(weights, new LlamaModelOptions { GpuLayers = 0 });
        Subtask<string, bool> subtask = new("is-fruit", "Say whether it is a fruit.", model.AsIChatClient());
        Assert.That((await subtask.RunAsync("an apple")).Confidence, Is.Not.Null);
    }

    [Test]
    public async Task Embeddings_are_those_of_the_file()
    {
        string path = SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf");
        using LLamaWeights weights = Load(path);
        using LlamaModel model = LlamaModel.From(weights);
        await using LlamaModel loaded = await LlamaModel.LoadAsync(path);
        float[] found = (await model.AsIEmbeddingGenerator().GenerateVectorAsync("a cat")).ToArray();
        Assert.That(found, Is.EqualTo((await loaded.AsIEmbeddingGenerator().GenerateVectorAsync("a cat")).ToArray()).Within(1e-6f));
    }

    [Test]
    public async Task LLamaSharps_own_executor_runs_on_the_same_weights_at_the_same_time()
    {
        string path = Models.StoriesPath;
        using LLamaWeights weights = Load(path);
        using LlamaModel model = LlamaModel.From(weights, Stories);
        string alone = (await model.AsIChatClient().GetResponseAsync("Once", Few)).Text;
        string executorAlone = await InferAsync(weights, path);
        Task<ChatResponse>[] ours = [.. Enumerable.Range(0, 4).Select(_ => model.AsIChatClient().GetResponseAsync("Once", Few))];
        Task<string>[] theirs = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => InferAsync(weights, path)))];
        Assert.That((await Task.WhenAll(ours)).Select(r => r.Text), Has.All.EqualTo(alone));
        Assert.That(await Task.WhenAll(theirs), Has.All.EqualTo(executorAlone));
        Assert.That(executorAlone, Is.Not.Empty);
    }

    [Test]
    public async Task The_model_goes_on_when_the_weights_are_disposed_first()
    {
        LLamaWeights weights = Load(Models.StoriesPath);
        LlamaModel model = LlamaModel.From(weights, Stories);
        weights.Dispose();
        Assert.That((await model.AsIChatClient().GetResponseAsync("Once", Few)).Text, Is.Not.Empty);
        Assert.That(weights.NativeHandle.IsClosed, Is.False);
        model.Dispose();
        Assert.That(weights.NativeHandle.IsClosed, Is.True, "the last of both frees the weights");
    }

    [Test]
    public async Task The_weights_go_on_when_the_model_is_disposed_first()
    {
        string path = Models.StoriesPath;
        LLamaWeights weights = Load(path);
        LlamaModel model = LlamaModel.From(weights, Stories);
        _ = await model.AsIChatClient().GetResponseAsync("Once", Few);
        model.Dispose();
        Assert.That(() => model.AsIChatClient(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(await InferAsync(weights, path), Is.Not.Empty);
        weights.Dispose();
        Assert.That(weights.NativeHandle.IsClosed, Is.True);
    }

    [Test]
    public async Task What_needs_the_file_says_to_pass_its_path()
    {
        using TemporaryFolder folder = new();
        using LLamaWeights weights = Load(Models.StoriesPath);
        using LlamaModel model = LlamaModel.From(weights, Stories);
        string adapter = folder.File("adapter.gguf", AdapterSamples.Adapter(AdapterSamples.Model(), 1).Write());
        LlamaModelException e = (await Assert.ThrowsAsync<LlamaModelException>(() => model.LoadAdapterAsync(adapter)))!;
        Assert.That(e.Message, Does.Contain("pass its path to LlamaModel.From"));
        Assert.That(() => model.File, Throws.TypeOf<LlamaModelException>());
        Assert.That(() => LlamaModel.From(weights, new LlamaModelOptions { PrefixCacheDirectory = folder.Path }), Throws.ArgumentException.With.Property("ParamName").EqualTo("path"));
    }

    [Test]
    public async Task With_the_path_adapters_and_saved_prefixes_work()
    {
        using TemporaryFolder folder = new();
        GgufBuilder samples = AdapterSamples.Model();
        string path = folder.File("model.gguf", samples.Write());
        string adapterPath = folder.File("adapter.gguf", AdapterSamples.Adapter(samples, 1).Write());
        using LLamaWeights weights = Load(path);
        using LlamaModel model = LlamaModel.From(weights, new LlamaModelOptions { ChatTemplate = "chatml", GpuLayers = 0, PrefixCacheDirectory = Path.Combine(folder.Path, "prefixes") }, path);
        using LlamaAdapter adapter = await model.LoadAdapterAsync(adapterPath);
        Assert.That((await model.AsIChatClient(adapter).GetResponseAsync("a", Few)).ModelId, Does.EndWith("+adapter"));
        _ = await model.CachePromptPrefixAsync([new ChatMessage(ChatRole.System, string.Concat(Enumerable.Repeat("a b c ", 20)))]);
        Assert.That(Directory.GetFiles(Path.Combine(folder.Path, "prefixes")), Is.Not.Empty);
    }

    [Test]
    public void The_file_of_another_model_is_refused()
    {
        using LLamaWeights weights = Load(Models.StoriesPath);
        Assert.That(() => LlamaModel.From(weights, Stories, Models.SmolLM2Path), Throws.ArgumentException.With.Property("ParamName").EqualTo("path"));
    }

    [Test]
    public void Disposed_weights_are_refused()
    {
        LLamaWeights weights = Load(Models.StoriesPath);
        weights.Dispose();
        Assert.That(() => LlamaModel.From(weights), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(static () => LlamaModel.From(null!), Throws.ArgumentNullException);
    }

    private static async Task<string> InferAsync(LLamaWeights weights, string path)
    {
        StatelessExecutor executor = new(weights, Params(path));
        List<string> pieces = [];
        await foreach (string piece in executor.InferAsync("Once upon a time", new InferenceParams { MaxTokens = 12, SamplingPipeline = new GreedySamplingPipeline() }))
        {
            pieces.Add(piece);
        }

        return string.Concat(pieces);
    }
}
