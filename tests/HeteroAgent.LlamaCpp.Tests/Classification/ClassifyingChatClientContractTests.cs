using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>On the real encoder.</summary>
internal sealed class ClassifyingChatClientContractTests : ChatClientContract
{
    private LlamaModel _model = null!;
    private TextClassifier _classifier = null!;

    protected override IReadOnlyList<ChatMessage> Messages => [new(ChatRole.System, "Be brief."), new(ChatRole.User, "Somebody took my wallet with the card in it.")];

    [OneTimeSetUp]
    public async Task Train()
    {
        _model = await LlamaModel.LoadAsync(SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf"));
        IEmbeddingGenerator<string, Embedding<float>> encoder = _model.AsIEmbeddingGenerator();
        _classifier = await TextClassifier.CreateAsync(encoder, [await ClassifierTrainer.TrainAsync([("My card was stolen.", "card"), ("I lost my credit card.", "card"), ("When does the train leave?", "train"), ("Is the train late?", "train")], encoder, new ClassifierTrainingOptions { RefusalRate = 0 })]);
    }

    [OneTimeTearDown]
    public void Unload()
    {
        _classifier?.Dispose();
        _model?.Dispose();
    }

    [Test]
    public async Task The_meaning_counts_and_not_the_words()
    {
        using IChatClient client = CreateClient();
        Assert.That((await client.GetResponseAsync(Messages)).Text, Is.EqualTo("card"));
        Assert.That(client.GetService(typeof(TextClassifier)), Is.SameAs(_classifier));
    }

    [Test]
    public async Task A_head_of_another_encoder_with_vectors_of_the_same_length_is_refused()
    {
        using HashedEmbeddingGenerator other = new("other", dimensions: 384);
        Assert.That(async () => await TextClassifier.CreateAsync(other, _classifier.Heads), Throws.InstanceOf<ClassifierHeadException>().With.Property("Error").EqualTo(ClassifierHeadError.OtherEncoder));
        using TemporaryFolder folder = new();
        string path = System.IO.Path.Combine(folder.Path, "subject.head");
        _ = await _classifier.Heads[0].SaveAsync(path);
        using TextClassifier loaded = await TextClassifier.LoadAsync(_model.Path!, [path]);
        Assert.That((await loaded.ClassifyAsync("The locomotive broke down.")).Label, Is.EqualTo("train"));
    }

    protected override IChatClient CreateClient() => _classifier.AsIChatClient();
}
