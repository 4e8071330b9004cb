using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HeteroAgent.Integration.Tests;

/// <summary>Each decorator's services from the container, and its error where the container does not hold them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BuilderTests : IDisposable
{
    private readonly ScriptedChatClient _local = new("local answer", "local-model");
    private readonly ScriptedChatClient _frontier = new("frontier answer", "frontier-model");

    public void Dispose()
    {
        _local.Dispose();
        _frontier.Dispose();
    }

    [Test]
    public async Task Escalation_takes_the_frontier_client_the_policy_and_the_logger_factory_of_the_container()
    {
        using RecordingLoggerFactory logs = new();
        EscalatingChatClient? configured = null;
        await using ServiceProvider services = Build(
            b => b.UseEscalation("frontier", configure: c => configured = c),
            s => s.AddSingleton(EscalateWhen.Always).AddSingleton<ILoggerFactory>(logs));
        IChatClient client = services.GetRequiredService<IChatClient>();
        ChatResponse response = await client.GetResponseAsync("question");
        Assert.That((response.Text, response.GetEscalationReason()), Is.EqualTo(("frontier answer", "always")));
        Assert.That(client, Is.SameAs(configured));
        Assert.That(configured!.LoggerFactory, Is.SameAs(logs));
        client.Dispose();
        Assert.That((_local.DisposeCount, _frontier.DisposeCount), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task What_is_given_goes_before_what_is_registered()
    {
        Ledger given = new();
        using RecordingLoggerFactory own = new();
        await using ServiceProvider services = Build(
            b => b.UseLedger(given, c => c.LoggerFactory = own).UseEscalation(_frontier, EscalateWhen.Never, new() { CallsPerMinute = 7 }),
            s => s.AddSingleton(EscalateWhen.Always).AddSingleton(new Ledger()).AddSingleton<ILoggerFactory>(new RecordingLoggerFactory()));
        IChatClient client = services.GetRequiredService<IChatClient>();
        Assert.That((await client.GetResponseAsync("question")).Text, Is.EqualTo("local answer"));
        Assert.That(given.GetSnapshot().LocalCalls, Is.EqualTo(1));
        Assert.That(client.GetService<EscalatingChatClient>()!.Limits!.CallsPerMinute, Is.EqualTo(7));
        Assert.That(own.Events, Is.Not.Empty);
    }

    [Test]
    public async Task The_ledger_of_the_container_names_the_local_model_whose_every_draft_was_replaced([Values] bool streaming)
    {
        Ledger ledger = new();
        _local.Metadata = new("scripted", null, "local-model");
        await using ServiceProvider services = Build(b => b.UseLedger().UseEscalation("frontier", EscalateWhen.Always), s => s.AddSingleton(ledger));
        IChatClient client = services.GetRequiredService<IChatClient>();
        _ = streaming ? await client.GetStreamingResponseAsync("question").ToChatResponseAsync() : await client.GetResponseAsync("question");
        Assert.That(ledger.GetSnapshot().Rows.Select(static r => (r.Route, r.Model)), Is.EqualTo([("local", "local-model"), ("frontier", (string?)"frontier-model")]));
    }

    [Test]
    public async Task Verification_takes_the_verifier_with_and_without_a_key([Values(null, "strict")] string? key)
    {
        await using ServiceProvider services = Build(
            b => b.UseVerification(verifierKey: key, configure: static c => c.EnableSensitiveData = true),
            s => s.AddSingleton<IProcessVerifier>(new ScriptedVerifier()).AddKeyedSingleton<IProcessVerifier>("strict", new ScriptedVerifier("answer")));
        IChatClient client = services.GetRequiredService<IChatClient>();
        Assert.That((await client.GetResponseAsync("question")).GetVerification()!.FirstError, Is.EqualTo(key is null ? -1 : 0));
        Assert.That(client.GetService<VerifyingChatClient>()!.EnableSensitiveData);
    }

    [Test]
    public async Task Retrieval_takes_the_retriever_with_and_without_a_key([Values(null, "other")] string? key)
    {
        await using ServiceProvider services = Build(
            b => b.UseRetrieval(retrieverKey: key, topK: 1, configure: static c => c.QueryMessages = 2),
            s => s.AddSingleton<IRetriever>(new ScriptedRetriever(new("plain", "Plain", "The fee is 95.", 1), new("second", "Second", "No.", 1)))
                .AddKeyedSingleton<IRetriever>("other", new ScriptedRetriever(new RetrievedPassage("keyed", "Keyed", "The fee is 96.", 1))));
        IChatClient client = services.GetRequiredService<IChatClient>();
        Assert.That((await client.GetResponseAsync("question")).GetPassages().Select(static p => p.DocumentId), Is.EqualTo([key is null ? "plain" : "keyed"]));
        Assert.That(client.GetService<RetrievingChatClient>()!.QueryMessages, Is.EqualTo(2));
    }

    [Test]
    public async Task Stepwise_escalation_takes_verifier_frontier_and_policy_of_the_container([Values] bool keyed)
    {
        _local.Then(_local.Answer("one\nWRONG"));
        await using ServiceProvider services = Build(
            b => keyed ? b.UseStepwiseEscalation("frontier", configure: static c => c.MinStepScore = 0.4) : b.UseStepwiseEscalation(_frontier, configure: static c => c.MinStepScore = 0.4),
            s => s.AddSingleton<IProcessVerifier>(new ScriptedVerifier("WRONG")).AddSingleton(EscalateWhen.Truncated));
        StepwiseEscalatingChatClient client = (StepwiseEscalatingChatClient)services.GetRequiredService<IChatClient>();
        Assert.That((await client.GetResponseAsync("question")).Text, Is.EqualTo("one\nfrontier answer"));
        Assert.That((client.MinStepScore, client.Policy), Is.EqualTo((0.4, EscalateWhen.Truncated)));
        client.Dispose();
        Assert.That(_frontier.DisposeCount, Is.Zero);
    }

    [TestCaseSource(nameof(Incomplete))]
    public async Task What_is_not_registered_is_named(Func<ChatClientBuilder, ChatClientBuilder> configure, Type type, object? key, string method)
    {
        await using ServiceProvider services = Build(configure);
        ServiceNotRegisteredException error = Assert.Throws<ServiceNotRegisteredException>(() => services.GetRequiredService<IChatClient>())!;
        Assert.That((error.ServiceType, error.ServiceKey), Is.EqualTo((type, key)));
        Assert.That(error.Message, Does.StartWith(method).And.Contain(key is null ? $"AddSingleton<{type.Name}>(" : $"AddKeyedSingleton<{type.Name}>(\"{key}\""));
    }

    [Test]
    public void A_null_key_or_client_is_refused()
    {
        ChatClientBuilder builder = _local.AsBuilder();
        Assert.That(() => builder.UseEscalation((object)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("frontierKey"));
        Assert.That(() => builder.UseEscalation((IChatClient)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("frontier"));
        Assert.That(() => builder.UseStepwiseEscalation((object)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("frontierKey"));
        Assert.That(() => builder.UseStepwiseEscalation((IChatClient)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("frontier"));
        Assert.That(() => builder.UseRetrieval(topK: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static IEnumerable<TestCaseData> Incomplete()
    {
        yield return Case(static b => b.UseEscalation("absent", EscalateWhen.Always), typeof(IChatClient), "absent", "UseEscalation");
        yield return Case(static b => b.UseEscalation("frontier"), typeof(EscalationPolicy), null, "UseEscalation");
        yield return Case(static b => b.UseStepwiseEscalation("absent", new ScriptedVerifier()), typeof(IChatClient), "absent", "UseStepwiseEscalation");
        yield return Case(static b => b.UseStepwiseEscalation("frontier"), typeof(IProcessVerifier), null, "UseStepwiseEscalation");
        yield return Case(static b => b.UseLedger(), typeof(Ledger), null, "UseLedger");
        yield return Case(static b => b.UseVerification(), typeof(IProcessVerifier), null, "UseVerification");
        yield return Case(static b => b.UseVerification(verifierKey: "absent"), typeof(IProcessVerifier), "absent", "UseVerification");
        yield return Case(static b => b.UseRetrieval(), typeof(IRetriever), null, "UseRetrieval");
        yield return Case(static b => b.UseRetrieval(retrieverKey: "absent"), typeof(IRetriever), "absent", "UseRetrieval");

        static TestCaseData Case(Func<ChatClientBuilder, ChatClientBuilder> configure, Type type, string? key, string method) =>
            new TestCaseData(configure, type, key, method).SetArgDisplayNames(method, type.Name, key ?? "no key");
    }

    private ServiceProvider Build(Func<ChatClientBuilder, ChatClientBuilder> configure, Action<ServiceCollection>? register = null)
    {
        ServiceCollection services = new();
        services.AddKeyedSingleton<IChatClient>("frontier", _frontier);
        register?.Invoke(services);
        configure(services.AddChatClient(_local));
        return services.BuildServiceProvider();
    }
}
