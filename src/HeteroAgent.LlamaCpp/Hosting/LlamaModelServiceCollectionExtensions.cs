using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers GGUF models.</summary>
public static class LlamaModelServiceCollectionExtensions
{
    /// <summary>Registers a model under a name: it is loaded in the background when the host starts, or at its first use where there is none, and is disposed with the container.</summary>
    /// <remarks>
    /// <para>Under the name come an <see cref="IChatClient"/>, with whatever is added to the builder that is returned, an <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> and an <see cref="ILlamaModelProvider"/>, all singletons. The first model comes without a name as well, where nothing else was registered before it. Requests that come before the model is loaded wait for it, and what it cannot do is refused at the request.</para>
    /// <para>Where it cannot be loaded, that is logged, and every request ends with the exception of <see cref="LlamaModel.LoadAsync"/>.</para>
    /// <para>The options are those of the options pattern under the same name: <c>services.Configure&lt;LlamaModelOptions&gt;(name, section)</c> binds them to a configuration, and <see cref="LlamaEmbeddingOptions"/> are read under that name too. They are checked when the host starts, with <see cref="OptionsValidationException"/>. <see cref="LlamaModelOptions.ModelId"/> is the name where it is not set, and <see cref="LlamaModelOptions.LoggerFactory"/> that of the container.</para>
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="name">The name, which is the key of the services. Not empty or white space, and not used for another model.</param>
    /// <param name="path">The GGUF file, or any shard of a model in several. It is opened when the model is loaded.</param>
    /// <param name="configure">Sets options; <see langword="null"/> for the defaults.</param>
    /// <returns>The builder of the keyed chat client, to which decorators can be added.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> or <paramref name="path"/> is empty, or a model of that name is registered already.</exception>
    public static ChatClientBuilder AddLlamaModel(this IServiceCollection services, string name, string path, Action<LlamaModelOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (services.Any(s => s.ServiceType == typeof(LlamaModelHost) && name.Equals(s.ServiceKey)))
        {
            throw new ArgumentException($"A model named '{name}' is registered already; each needs a name of its own.", nameof(name));
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LlamaModelOptions>, LlamaModelOptionsValidation>());
        OptionsBuilder<LlamaModelOptions> options = services.AddOptions<LlamaModelOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.AddKeyedSingleton(name, (provider, _) => new LlamaModelHost(
            name, path, provider.GetRequiredService<IOptionsMonitor<LlamaModelOptions>>().Get(name), provider.GetService<ILoggerFactory>()));
        services.AddSingleton<IHostedService>(Host);
        services.AddKeyedSingleton<ILlamaModelProvider>(name, (provider, _) => Host(provider));
        services.AddKeyedSingleton<IEmbeddingGenerator<string, Embedding<float>>>(name, (provider, _) => new DeferredEmbeddingGenerator(
            Host(provider), provider.GetRequiredService<IOptionsMonitor<LlamaEmbeddingOptions>>().Get(name)));
        ChatClientBuilder builder = services.AddKeyedChatClient(name, provider => new DeferredChatClient(Host(provider)));
        services.TryAddSingleton<ILlamaModelProvider>(Host);
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>(name));
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IChatClient>(name));
        return builder;

        LlamaModelHost Host(IServiceProvider provider) => provider.GetRequiredKeyedService<LlamaModelHost>(name);
    }
}
