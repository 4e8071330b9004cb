using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Models in a container, with a real host.</summary>
[NonParallelizable]
public sealed class AddLlamaModelTests
{
    private static readonly ChatOptions Few = new() { MaxOutputTokens = 4 };

    private static HostApplicationBuilder Builder()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddFakeLogging();
        return builder;
    }

    private static void Small(LlamaModelOptions options) => (options.ChatTemplate, options.ContextLength, options.GpuLayers) = ("chatml", 1024, 0);

    [Test]
    public async Task The_client_answers_under_its_name_and_without_one_and_the_host_disposes_the_model()
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddLlamaModel("small", Models.StoriesPath, Small);
        LlamaModel model;
        using (IHost host = builder.Build())
        {
            await host.StartAsync();
            IChatClient keyed = host.Services.GetRequiredKeyedService<IChatClient>("small");
            ChatResponse response = await keyed.GetResponseAsync("Once", Few);
            Assert.That(response.ModelId, Is.EqualTo("small"));
            Assert.That(host.Services.GetRequiredService<IChatClient>(), Is.SameAs(keyed));
            model = await host.Services.GetRequiredKeyedService<ILlamaModelProvider>("small").GetAsync();
            Assert.That(keyed.GetService<LlamaModel>(), Is.SameAs(model));
            await host.StopAsync();
        }

        Assert.That(() => model.AsIChatClient(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Without_a_host_the_first_use_loads_the_model_and_metadata_is_there_before()
    {
        ServiceCollection services = new();
        services.AddLlamaModel("small", Models.StoriesPath, Small);
        await using ServiceProvider provider = services.BuildServiceProvider();
        IChatClient client = provider.GetRequiredKeyedService<IChatClient>("small");
        ILlamaModelProvider model = provider.GetRequiredService<ILlamaModelProvider>();
        Assert.That(model.IsLoaded, Is.False);
        Assert.That(client.GetService<ChatClientMetadata>()!.DefaultModelId, Is.EqualTo("small"));
        Assert.That(client.GetService<LlamaModel>(), Is.Null);
        List<string?> ids = [];
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("Once", Few))
        {
            ids.Add(update.ModelId);
        }

        Assert.That(model.IsLoaded, Is.True);
        Assert.That(ids, Is.Not.Empty.And.All.EqualTo("small"));
    }

    [Test]
    public async Task Decorators_are_added_to_the_builder()
    {
        int seen = 0;
        ServiceCollection services = new();
        services.AddLlamaModel("small", Models.StoriesPath, Small).Use(async (messages, options, inner, token) =>
        {
            seen++;
            return await inner.GetResponseAsync(messages, options, token);
        }, null);
        await using ServiceProvider provider = services.BuildServiceProvider();
        _ = await provider.GetRequiredService<IChatClient>().GetResponseAsync("Once", Few);
        Assert.That(seen, Is.EqualTo(1));
    }

    [Test]
    public async Task Two_models_are_told_apart_and_the_first_comes_without_a_name()
    {
        ServiceCollection services = new();
        services.AddLlamaModel("first", Models.StoriesPath, Small);
        services.AddLlamaModel("second", Models.StoriesPath, o =>
        {
            Small(o);
            o.ModelId = "chosen";
        });
        await using ServiceProvider provider = services.BuildServiceProvider();
        Assert.That((await provider.GetRequiredKeyedService<IChatClient>("second").GetResponseAsync("Once", Few)).ModelId, Is.EqualTo("chosen"));
        Assert.That(provider.GetRequiredService<ILlamaModelProvider>().Name, Is.EqualTo("first"));
        Assert.That(provider.GetRequiredService<ILlamaModelProvider>().IsLoaded, Is.False);
    }

    [Test]
    public async Task Embeddings_come_under_the_name_and_without_one()
    {
        ServiceCollection services = new();
        services.AddLlamaModel("encoder", TestKit.SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf"));
        await using ServiceProvider provider = services.BuildServiceProvider();
        IEmbeddingGenerator<string, Embedding<float>> generator = provider.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("encoder");
        Assert.That(generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelId, Is.EqualTo("encoder"));
        Assert.That((await generator.GenerateVectorAsync("a")).Length, Is.EqualTo(384));
        Assert.That(generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions, Is.EqualTo(384));
        Assert.That(provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>(), Is.SameAs(generator));
        await Assert.ThrowsAsync<UnsupportedChatTemplateException>(() => provider.GetRequiredKeyedService<IChatClient>("encoder").GetResponseAsync("a"));
    }

    [Test]
    public async Task Embedding_options_are_those_of_the_name()
    {
        ServiceCollection services = new();
        services.AddLlamaModel("encoder", TestKit.SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf"));
        services.Configure<LlamaEmbeddingOptions>("encoder", o => o.Truncate = true);
        await using ServiceProvider provider = services.BuildServiceProvider();
        string tooLong = string.Join(' ', Enumerable.Repeat("word", 2000));
        Assert.That((await provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GenerateAsync([tooLong])).Usage!.InputTokenCount, Is.EqualTo(512));
    }

    [Test]
    public void Options_that_are_not_accepted_stop_the_start_and_name_the_model_and_the_option()
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddLlamaModel("small", Models.StoriesPath, o => o.BatchSize = 7);
        using IHost host = builder.Build();
        Assert.That(() => host.StartAsync(), Throws.TypeOf<OptionsValidationException>().With.Message.Contains("'small'").And.Message.Contains("BatchSize"));
    }

    [Test]
    public async Task A_model_that_cannot_be_loaded_is_logged_and_fails_every_request()
    {
        HostApplicationBuilder builder = Builder();
        string missing = Path.Combine(Path.GetTempPath(), "no such model.gguf");
        builder.Services.AddLlamaModel("small", missing);
        using IHost host = builder.Build();
        await host.StartAsync();
        IChatClient client = host.Services.GetRequiredService<IChatClient>();
        for (int i = 0; i < 2; i++)
        {
            Assert.That((await Assert.ThrowsAsync<FileNotFoundException>(() => client.GetResponseAsync("Once")))!.Message, Does.Contain(missing));
        }

        FakeLogRecord failed = host.Services.GetFakeLogCollector().GetSnapshot().Single(r => r.Id.Id == 2005);
        Assert.That(failed.Level, Is.EqualTo(LogLevel.Error));
        Assert.That(failed.Exception, Is.TypeOf<FileNotFoundException>());
        Assert.That(failed.Message, Does.Contain("small").And.Contain(missing));
        await host.StopAsync();
    }

    [Test]
    public async Task The_containers_loggers_hear_of_the_model()
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddLlamaModel("small", Models.StoriesPath, Small);
        using IHost host = builder.Build();
        await host.StartAsync();
        _ = await host.Services.GetRequiredService<ILlamaModelProvider>().GetAsync();
        Assert.That(host.Services.GetFakeLogCollector().GetSnapshot().Count(r => r.Id.Id == 2001), Is.EqualTo(1));
        await host.StopAsync();
    }

    [Test]
    public async Task A_caller_that_gives_up_does_not_end_the_loading()
    {
        ServiceCollection services = new();
        services.AddLlamaModel("small", Models.StoriesPath, Small);
        await using ServiceProvider provider = services.BuildServiceProvider();
        ILlamaModelProvider model = provider.GetRequiredService<ILlamaModelProvider>();
        await Assert.CatchAsync<OperationCanceledException>(() => provider.GetRequiredService<IChatClient>().GetResponseAsync("Once", Few, new CancellationToken(canceled: true)));
        Assert.That((await model.GetAsync()).Name, Is.EqualTo("small"));
    }

    [Test]
    public async Task A_disposed_container_refuses_requests()
    {
        ServiceCollection services = new();
        services.AddLlamaModel("small", Models.StoriesPath, Small);
        ServiceProvider provider = services.BuildServiceProvider();
        ILlamaModelProvider model = provider.GetRequiredService<ILlamaModelProvider>();
        await provider.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => model.GetAsync());
    }

    [Test]
    public void A_name_is_given_once_and_neither_name_nor_path_is_empty()
    {
        ServiceCollection services = new();
        services.AddLlamaModel("small", "a.gguf");
        Assert.That(() => services.AddLlamaModel("small", "b.gguf"), Throws.ArgumentException.With.Property("ParamName").EqualTo("name"));
        Assert.That(() => services.AddLlamaModel(" ", "b.gguf"), Throws.ArgumentException.With.Property("ParamName").EqualTo("name"));
        Assert.That(() => services.AddLlamaModel("other", ""), Throws.ArgumentException.With.Property("ParamName").EqualTo("path"));
    }
}
