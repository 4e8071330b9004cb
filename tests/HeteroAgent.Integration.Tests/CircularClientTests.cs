using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HeteroAgent.Integration.Tests;

/// <summary>A frontier client that is, or needs, the client that is being built is refused. Such a container used to hang, so each answer is waited for with a limit.</summary>
public sealed class CircularClientTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Test]
    public async Task A_key_that_is_the_clients_own_is_refused([Values] ServiceLifetime lifetime, [Values] bool stepwise)
    {
        ServiceCollection services = new();
        ChatClientBuilder builder = services.AddKeyedChatClient("a", static _ => new ScriptedChatClient(), lifetime);
        _ = stepwise ? builder.UseStepwiseEscalation("a", new ScriptedVerifier()) : builder.UseEscalation("a", EscalateWhen.Always);
        await RefusedAsync(services, "a", "a");
    }

    [Test]
    public async Task A_key_that_leads_to_the_registration_without_a_key_is_refused()
    {
        ServiceCollection services = new();
        services.AddKeyedSingleton("frontier", static (s, _) => s.GetRequiredService<IChatClient>());
        services.AddChatClient(new ScriptedChatClient()).UseEscalation("frontier", EscalateWhen.Always);
        await RefusedAsync(services, null, "frontier");
    }

    [Test]
    public async Task Two_clients_that_hand_up_to_each_other_are_refused()
    {
        ServiceCollection services = new();
        services.AddKeyedChatClient("a", new ScriptedChatClient()).UseEscalation("b", EscalateWhen.Always);
        services.AddKeyedChatClient("b", new ScriptedChatClient()).UseEscalation("a", EscalateWhen.Always);
        await RefusedAsync(services, "a", "b");
        await RefusedAsync(services, "b", "a");
    }

    [Test]
    public async Task A_chain_of_clients_is_no_circle_however_many_ask_at_once()
    {
        ServiceCollection services = new();
        services.AddKeyedTransient<IChatClient>("c", static (_, _) => new ScriptedChatClient("last"));
        services.AddKeyedChatClient("b", static _ => new ScriptedChatClient(), ServiceLifetime.Transient).UseEscalation("c", EscalateWhen.Always);
        services.AddKeyedChatClient("a", static _ => new ScriptedChatClient(), ServiceLifetime.Transient).UseEscalation("b", EscalateWhen.Always).UseEscalation("c", EscalateWhen.Always);
        await using ServiceProvider provider = services.BuildServiceProvider();
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => (await provider.GetRequiredKeyedService<IChatClient>("a").GetResponseAsync("question")).Text)));
        Assert.That(answers, Is.All.EqualTo("last"));
    }

    private static async Task RefusedAsync(ServiceCollection services, string? key, string frontierKey)
    {
        await using ServiceProvider provider = services.BuildServiceProvider();
        using IServiceScope scope = provider.CreateScope();
        Task<IChatClient> built = Task.Run(() => key is null ? scope.ServiceProvider.GetRequiredService<IChatClient>() : scope.ServiceProvider.GetRequiredKeyedService<IChatClient>(key));
        CircularClientException error = (await Assert.ThrowsAsync<CircularClientException>(() => built.WaitAsync(Limit)))!;
        Assert.That(error.FrontierKey, Is.EqualTo(frontierKey));
        Assert.That(error.Message, Does.Contain($"'{frontierKey}'"));
    }
}
