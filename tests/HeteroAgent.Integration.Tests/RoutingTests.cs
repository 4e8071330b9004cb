using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

#pragma warning disable MEAI001 // Routing and failover are experimental; only the tests use them.

namespace HeteroAgent.Integration.Tests;

/// <summary>Escalation beside Microsoft.Extensions.AI's routing, which chooses before the call, and failover, which answers an exception.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RoutingTests : IDisposable
{
    private readonly ScriptedChatClient _local = new("local answer", "local-model");
    private readonly ScriptedChatClient _frontier = new("frontier answer", "frontier-model");

    public void Dispose()
    {
        _local.Dispose();
        _frontier.Dispose();
    }

    [Test]
    public async Task A_frontier_that_is_down_fails_over_to_the_next([Values] bool streaming)
    {
        ScriptedChatClient down = new ScriptedChatClient().ThenThrow(new HttpRequestException("503"));
        using OrderedFailoverChatClient frontier = new([down, _frontier]);
        using IChatClient client = _local.WithEscalation(frontier, EscalateWhen.Always);
        ChatResponse response = await AskAsync(client, "question", streaming);
        Assert.That((response.Text, response.GetRoute(), response.ModelId), Is.EqualTo(("frontier answer", "frontier", "frontier-model")));
        Assert.That(down.Calls, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_frontier_is_chosen_by_the_question([Values] bool streaming)
    {
        ScriptedChatClient small = new("small frontier", "small");
        using RoutingChatClient frontier = RoutingChatClient.Create((context, _) => new(context.Messages.Last().Text.Length < 10 ? small : _frontier));
        using IChatClient client = _local.WithEscalation(frontier, EscalateWhen.Always);
        Assert.That((await AskAsync(client, "short", streaming)).Text, Is.EqualTo("small frontier"));
        Assert.That((await AskAsync(client, "a long question", streaming)).Text, Is.EqualTo("frontier answer"));
    }

    [Test]
    public async Task A_router_outside_sends_what_is_known_to_be_hard_to_the_frontier_at_once([Values] bool streaming)
    {
        using EscalatingChatClient cascade = _local.WithEscalation(_frontier, EscalateWhen.Never);
        using RoutingChatClient client = RoutingChatClient.Create((context, _) => new(context.Messages.Last().Text.StartsWith("hard", StringComparison.Ordinal) ? _frontier : (IChatClient)cascade));
        Assert.That((await AskAsync(client, "easy", streaming)).Text, Is.EqualTo("local answer"));
        Assert.That((await AskAsync(client, "hard", streaming)).Text, Is.EqualTo("frontier answer"));
        Assert.That(_local.Calls, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Failover_keeps_an_answer_that_escalation_does_not_trust()
    {
        _local.Then(_local.Answer("cut", finish: ChatFinishReason.Length), _local.Answer("cut", finish: ChatFinishReason.Length));
        using OrderedFailoverChatClient failover = new([_local, _frontier], leaveOpen: true);
        using IChatClient escalation = _local.WithEscalation(_frontier, EscalateWhen.Truncated);
        Assert.That((await failover.GetResponseAsync("question")).Text, Is.EqualTo("cut"));
        Assert.That((await escalation.GetResponseAsync("question")).Text, Is.EqualTo("frontier answer"));
    }

    [Test]
    public async Task A_cascade_of_the_callers_own_asks_the_policy_for_its_judgement()
    {
        EscalationPolicy policy = EscalateWhen.Truncated | EscalateWhen.SchemaInvalid;
        List<ChatMessage> messages = [new(ChatRole.User, "Where?")];
        ChatOptions json = new() { ResponseFormat = ChatResponseFormat.Json };
        Assert.That((await policy.JudgeAsync(messages, _local.Answer("Ulm"))).Escalate, Is.False);
        Assert.That((await policy.JudgeAsync(messages, _local.Answer("Ulm"), json)).Reason, Is.EqualTo("schema_invalid"));
        Assert.That((await policy.JudgeAsync(messages, _local.Answer("Ul", finish: ChatFinishReason.Length))).Reason, Is.EqualTo("truncated"));
        Assert.That(() => policy.JudgeAsync(null!, _local.Answer("")), Throws.ArgumentNullException);
        Assert.That(() => policy.JudgeAsync(messages, null!), Throws.ArgumentNullException);
    }

    private static async Task<ChatResponse> AskAsync(IChatClient client, string question, bool streaming) =>
        streaming ? await client.GetStreamingResponseAsync(question).ToChatResponseAsync() : await client.GetResponseAsync(question);
}
