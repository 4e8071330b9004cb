using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace HeteroAgent.Integration.Tests;

/// <summary>A local and a frontier client, registered as an application would.</summary>
internal sealed class Cascade
{
    public ScriptedChatClient Local { get; } = new("local answer", "local-model");

    public ScriptedChatClient Frontier { get; } = new("frontier answer", "frontier-model");

    /// <summary>A container in which the local client is the pipeline's end and the frontier client is keyed.</summary>
    public ServiceProvider Build(Func<ChatClientBuilder, ChatClientBuilder> configure)
    {
        ServiceCollection services = new();
        services.AddKeyedSingleton<IChatClient>("frontier", Frontier);
        configure(services.AddChatClient(Local));
        return services.BuildServiceProvider();
    }
}
