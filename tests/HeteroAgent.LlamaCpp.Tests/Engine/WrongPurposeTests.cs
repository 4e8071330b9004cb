using HeteroAgent.Starter;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Models that are used for what they were not made for, and texts that are too long for them.</summary>
public sealed class WrongPurposeTests
{
    private static string EmbeddingPath => SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf");

    [Test]
    public async Task An_embedding_model_is_no_chat_client_and_says_what_to_call()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(EmbeddingPath);
        UnsupportedChatTemplateException e = Assert.Throws<UnsupportedChatTemplateException>(() => model.AsIChatClient())!;
        Assert.That(e.Message, Does.Contain(model.Name).And.Contain("embedding model").And.Contain("AsIEmbeddingGenerator"));
        Assert.That(e.Message, Does.Not.Contain("chatml"));
    }

    [Test]
    public async Task An_extractive_model_is_no_chat_client_and_says_what_to_call()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(StarterModel.Paths[0]);
        UnsupportedChatTemplateException e = Assert.Throws<UnsupportedChatTemplateException>(() => model.AsIChatClient())!;
        Assert.That(e.Message, Does.Contain("extractive model").And.Contain("ExtractiveModel.LoadAsync"));
    }

    [Test]
    public async Task A_text_model_without_a_template_is_told_the_known_names()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath);
        UnsupportedChatTemplateException e = Assert.Throws<UnsupportedChatTemplateException>(() => model.AsIChatClient())!;
        Assert.That(e.Message, Does.Contain("LlamaModelOptions.ChatTemplate").And.Contain("chatml").And.Contain("llama3").And.Contain("phi4"));
    }

    [Test]
    public async Task A_text_too_long_to_embed_is_told_of_truncation()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(EmbeddingPath);
        using IEmbeddingGenerator<string, Embedding<float>> generator = model.AsIEmbeddingGenerator();
        ContextOverflowException e = (await Assert.ThrowsAsync<ContextOverflowException>(() => generator.GenerateAsync([string.Join(' ', Enumerable.Repeat("word", 2000))])))!;
        Assert.That(e.Message, Does.Contain("2002 tokens").And.Contain("LlamaEmbeddingOptions.Truncate").And.Contain("Split").And.Not.Contain("answer"));
        Assert.That((e.PromptTokens, e.ContextLength), Is.EqualTo((2002, 512)));
    }
}
