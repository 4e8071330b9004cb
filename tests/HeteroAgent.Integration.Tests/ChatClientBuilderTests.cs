using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HeteroAgent.Integration.Tests;

/// <summary>The decorators in Microsoft.Extensions.AI's own builder, below its own tool loop.</summary>
public sealed class ChatClientBuilderTests
{
    [Test]
    public async Task The_middleware_fits_the_builder_and_finds_the_keyed_frontier()
    {
        Cascade cascade = new();
        await using ServiceProvider services = cascade.Build(b => b.UseEscalation("frontier", EscalateWhen.Always));
        ChatResponse response = await services.GetRequiredService<IChatClient>().GetResponseAsync("question");
        Assert.Multiple(() =>
        {
            Assert.That(response.Text, Is.EqualTo("frontier answer"));
            Assert.That(response.GetRoute(), Is.EqualTo("frontier"));
            Assert.That(cascade.Local.Calls, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task A_tool_runs_once_when_the_loop_stands_outside_escalation()
    {
        Cascade cascade = new();
        int runs = 0;
        AIFunction tool = AIFunctionFactory.Create(() => { runs++; return "open"; }, "status");
        cascade.Local.Then(cascade.Local.Answer([new FunctionCallContent("c1", "status")]), cascade.Local.Answer("It is open."));
        cascade.Frontier.Then(cascade.Frontier.Answer([new FunctionCallContent("c2", "status")]), cascade.Frontier.Answer("The order is open."));
        await using ServiceProvider services = cascade.Build(b => b
            .UseFunctionInvocation()
            .UseEscalation("frontier", EscalateWhen.Always));
        ChatResponse response = await services.GetRequiredService<IChatClient>().GetResponseAsync("Is it open?", new() { Tools = [tool] });
        Assert.Multiple(() =>
        {
            Assert.That(runs, Is.EqualTo(1), "Only the answer that was kept may run a tool.");
            Assert.That(response.Text, Does.EndWith("The order is open."));
            Assert.That(response.Usage?.InputTokenCount, Is.EqualTo(40), "Two turns of two calls each, ten tokens a call.");
        });
    }

    [Test]
    public async Task A_subtask_is_a_tool_of_the_loop()
    {
        Cascade cascade = new();
        ScriptedChatClient specialist = new("""{"value":"refund"}""");
        AIFunction triage = new Subtask<string, string>("triage", "Name the subject.", specialist).AsAIFunction();
        cascade.Local.Then(
            cascade.Local.Answer([new FunctionCallContent("c1", triage.Name, new Dictionary<string, object?> { ["input"] = "I want my money back" })]),
            cascade.Local.Answer("It is about a refund."));
        await using ServiceProvider services = cascade.Build(b => b.UseFunctionInvocation());
        ChatResponse response = await services.GetRequiredService<IChatClient>().GetResponseAsync("What is it about?", new() { Tools = [triage] });
        FunctionResultContent result = response.Messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Single();
        Assert.Multiple(() =>
        {
            Assert.That(result.Exception, Is.Null);
            Assert.That(result.Result?.ToString(), Is.EqualTo("refund"));
            Assert.That(response.Text, Does.EndWith("It is about a refund."));
        });
    }

    [Test]
    public async Task Structured_output_of_the_platform_reads_an_escalated_answer()
    {
        Cascade cascade = new();
        cascade.Local.Then(cascade.Local.Answer("not JSON"));
        cascade.Frontier.Then(cascade.Frontier.Answer("""{"city":"Ulm"}"""));
        await using ServiceProvider services = cascade.Build(b => b.UseEscalation("frontier", EscalateWhen.SchemaInvalid));
        ChatResponse<Place> response = await services.GetRequiredService<IChatClient>().GetResponseAsync<Place>("Where?");
        Assert.That(response.Result, Is.EqualTo(new Place("Ulm")));
    }

    private sealed record Place(string City);
}
