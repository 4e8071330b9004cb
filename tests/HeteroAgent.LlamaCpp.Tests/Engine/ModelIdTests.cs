using HeteroAgent.Starter;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>The name that the user chooses for a model, wherever it appears.</summary>
public sealed class ModelIdTests
{
    private const string Chosen = "triage-small";

    [Test]
    public async Task Responses_updates_and_metadata_of_a_chat_client_carry_the_chosen_name()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, new LlamaModelOptions { ModelId = Chosen, ChatTemplate = "chatml" });
        using IChatClient client = model.AsIChatClient();
        ChatResponse response = await client.GetResponseAsync("Once", new ChatOptions { MaxOutputTokens = 2 });
        Assert.Multiple(() =>
        {
            Assert.That(model.Name, Is.EqualTo(Chosen));
            Assert.That(response.ModelId, Is.EqualTo(Chosen));
            Assert.That(client.GetService<ChatClientMetadata>()!.DefaultModelId, Is.EqualTo(Chosen));
        });
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("Once", new ChatOptions { MaxOutputTokens = 2 }))
        {
            Assert.That(update.ModelId, Is.EqualTo(Chosen));
        }
    }

    [Test]
    public async Task Embeddings_and_their_metadata_carry_the_chosen_name()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf"), new LlamaModelOptions { ModelId = Chosen });
        using IEmbeddingGenerator<string, Embedding<float>> generator = model.AsIEmbeddingGenerator();
        Assert.That(generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelId, Is.EqualTo(Chosen));
        Assert.That((await generator.GenerateAsync(["a"]))[0].ModelId, Is.EqualTo(Chosen));
    }

    [Test]
    public async Task An_extractive_model_carries_the_chosen_name()
    {
        using ExtractiveModel model = await ExtractiveModel.LoadAsync(StarterModel.Paths, new ExtractiveModelOptions { ModelId = Chosen });
        using IChatClient client = model.AsIChatClient();
        Assert.That(client.GetService<ChatClientMetadata>()!.DefaultModelId, Is.EqualTo(Chosen));
        Assert.That((await client.GetResponseAsync("play some jazz")).ModelId, Is.EqualTo(Chosen));
    }

    [Test]
    public async Task A_classifier_carries_the_chosen_name()
    {
        HashedEmbeddingGenerator encoder = new(dimensions: 128);
        using TextClassifier classifier = await TextClassifier.CreateAsync(encoder, [await ClassifierTrainer.TrainAsync(ClassifierTrainerTests.Examples(40), encoder)]);
        using ClassifyingChatClient client = new(classifier) { ModelId = Chosen };
        Assert.That(client.GetService<ChatClientMetadata>()!.DefaultModelId, Is.EqualTo(Chosen));
        Assert.That((await client.GetResponseAsync("lost stolen card wallet")).ModelId, Is.EqualTo(Chosen));
        Assert.That(() => new ClassifyingChatClient(classifier) { ModelId = " " }, Throws.ArgumentException);
    }

    [Test]
    public async Task Metadata_names_no_file()
    {
        using IChatClient client = (await Models.StoriesAsync()).AsIChatClient();
        Assert.That(client.GetService<ChatClientMetadata>()!.ProviderUri, Is.Null);
    }

    [TestCase("")]
    [TestCase(" ")]
    public void An_empty_name_is_refused(string modelId)
    {
        Assert.That(() => LlamaModel.LoadAsync("m.gguf", new LlamaModelOptions { ModelId = modelId }), Throws.ArgumentException.With.Property("ParamName").EqualTo("ModelId"));
    }
}
