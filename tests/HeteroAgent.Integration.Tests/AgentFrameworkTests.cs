using HeteroAgent.TestKit;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Integration.Tests;

/// <summary>The cascade as the model of an Agent Framework agent.</summary>
public sealed class AgentFrameworkTests
{
    [Test]
    public async Task An_agent_runs_on_the_cascade_with_a_subtask_as_its_tool()
    {
        Cascade cascade = new();
        AIFunction triage = new Subtask<string, string>("triage", "Name the subject.", new ScriptedChatClient("""{"value":"refund"}""")).AsAIFunction();
        cascade.Frontier.Then(
            cascade.Frontier.Answer([new FunctionCallContent("c1", triage.Name, new Dictionary<string, object?> { ["input"] = "money back" })]),
            cascade.Frontier.Answer("It is about a refund."));
        AIAgent agent = cascade.Local.WithEscalation(cascade.Frontier, EscalateWhen.Always).AsAIAgent("You help.", tools: [triage]);
        AgentResponse response = await agent.RunAsync("What is it about?");
        Assert.Multiple(() =>
        {
            Assert.That(response.Text, Does.EndWith("It is about a refund."));
            Assert.That(cascade.Frontier.Calls, Has.Count.EqualTo(2));
        });
    }

    [Test]
    public async Task An_agent_streams_the_cascade()
    {
        Cascade cascade = new();
        AIAgent agent = cascade.Local.WithEscalation(cascade.Frontier, EscalateWhen.Always).AsAIAgent("You help.");
        string text = "";
        await foreach (AgentResponseUpdate update in agent.RunStreamingAsync("Hello"))
        {
            text += update.Text;
        }

        Assert.That(text, Is.EqualTo("frontier answer"));
    }
}
