using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HeteroAgent.Integration.Tests;

/// <summary>The order that the page on escalation shows, written both ways.</summary>
public sealed class PipelineOrderTests
{
    private static readonly Type[] Order = [typeof(LedgerChatClient), typeof(RetrievingChatClient), typeof(EscalatingChatClient), typeof(VerifyingChatClient)];

    [Test]
    public async Task A_builder_reads_from_the_outside_in()
    {
        Cascade cascade = new();
        cascade.Local.Then(cascade.Local.Answer("WRONG"));
        Ledger ledger = new();
        ServiceCollection services = new();
        services.AddKeyedSingleton<IChatClient>("frontier", cascade.Frontier)
            .AddSingleton(ledger)
            .AddSingleton<IProcessVerifier>(new ScriptedVerifier("WRONG"))
            .AddSingleton<IRetriever>(new ScriptedRetriever(new RetrievedPassage("d", "Fees", "The fee is 95.", 1)));
        ChatClientBuilder builder = services.AddChatClient(cascade.Local);
        builder.UseFunctionInvocation()
            .UseLedger()
            .UseRetrieval()
            .UseEscalation("frontier", EscalateWhen.ErrorFound)
            .UseVerification();
        await using ServiceProvider provider = services.BuildServiceProvider();
        IChatClient client = provider.GetRequiredService<IChatClient>();
        Assert.That(client, Is.InstanceOf<FunctionInvokingChatClient>());
        await AssertHandedUpAsync(client, cascade, ledger);
    }

    [Test]
    public async Task Extensions_read_from_the_inside_out()
    {
        Cascade cascade = new();
        cascade.Local.Then(cascade.Local.Answer("WRONG"));
        (IChatClient local, IChatClient frontier) = (cascade.Local, cascade.Frontier);
        ScriptedVerifier verifier = new("WRONG");
        ScriptedRetriever retriever = new(new RetrievedPassage("d", "Fees", "The fee is 95.", 1));
        Ledger ledger = new();
        using IChatClient client = local.WithVerification(verifier).WithEscalation(frontier, EscalateWhen.ErrorFound).WithRetrieval(retriever).WithLedger(ledger);
        Assert.That(client, Is.InstanceOf(Order[0]));
        await AssertHandedUpAsync(client, cascade, ledger);
    }

    private static async Task AssertHandedUpAsync(IChatClient client, Cascade cascade, Ledger ledger)
    {
        ChatResponse response = await client.GetResponseAsync("What is the fee?");
        Assert.That(Order.Select(t => client.GetService(t)), Has.None.Null);
        Assert.That((response.Text, response.GetEscalationReason()), Is.EqualTo(("frontier answer", "error_found")));
        Assert.That((ledger.GetSnapshot().FrontierCalls, ledger.GetSnapshot().LocalCalls), Is.EqualTo((1, 0)));
        Assert.That(cascade.Frontier.Calls[0].Messages[^1].Text, Does.Contain("The fee is 95."), "both models see the passages");
    }
}
