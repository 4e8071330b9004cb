using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using NUnit.Framework;
using FunctionCallContent = Microsoft.Extensions.AI.FunctionCallContent;

namespace HeteroAgent.Integration.Tests;

/// <summary>Verification and the stepwise stream in Microsoft.Extensions.AI's builder and in Semantic Kernel.</summary>
public sealed class VerificationTests
{
    private const string Flawed = "first step\nWRONG step";

    [Test]
    public async Task The_builder_verifies_inside_escalation()
    {
        Cascade cascade = new();
        cascade.Local.Then(cascade.Local.Answer(Flawed));
        await using ServiceProvider services = Build(cascade, b => b.UseEscalation("frontier", EscalateWhen.ErrorFound).UseVerification());
        ChatResponse response = await services.GetRequiredService<IChatClient>().GetResponseAsync("question");
        Assert.That((response.Text, response.GetEscalationReason()), Is.EqualTo(("frontier answer", "error_found")));
    }

    [Test]
    public async Task A_tool_runs_once_below_a_loop_that_streams_step_by_step()
    {
        Cascade cascade = new();
        int runs = 0;
        AIFunction tool = AIFunctionFactory.Create(() => { runs++; return "open"; }, "status");
        cascade.Local.Then(cascade.Local.Answer([new FunctionCallContent("c1", "status")]), cascade.Local.Answer(Flawed));
        await using ServiceProvider services = Build(cascade, b => b.UseFunctionInvocation().UseStepwiseEscalation("frontier"));
        ChatResponse response = await services.GetRequiredService<IChatClient>().GetStreamingResponseAsync("Is it open?", new() { Tools = [tool] }).ToChatResponseAsync();
        Assert.Multiple(() =>
        {
            Assert.That(runs, Is.EqualTo(1));
            Assert.That(response.Text, Does.EndWith("first step\nfrontier answer"));
            Assert.That(cascade.Frontier.Calls, Has.Count.EqualTo(1));
            Assert.That(cascade.Frontier.Calls[0].Messages[^1].Role, Is.EqualTo(ChatRole.User), "after a tool's result the instruction is a message of its own");
        });
    }

    [Test]
    public async Task Semantic_Kernel_sees_the_score_of_a_kept_answer()
    {
        Cascade cascade = new();
        IKernelBuilder builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton<IChatClient>(cascade.Local.WithStepwiseEscalation(cascade.Frontier, new ScriptedVerifier("WRONG")));
        FunctionResult result = await builder.Build().InvokePromptAsync("Say something.");
        Assert.Multiple(() =>
        {
            Assert.That(result.ToString(), Is.EqualTo("local answer"));
            Assert.That(EscalationRecord.From(result.Metadata)?.Route, Is.EqualTo("local"));
            Assert.That(VerificationRecord.From(result.Metadata)?.Result?.IntegrityScore, Is.EqualTo(1d));
        });
    }

    private static ServiceProvider Build(Cascade cascade, Func<ChatClientBuilder, ChatClientBuilder> configure)
    {
        ServiceCollection services = new();
        services.AddKeyedSingleton<IChatClient>("frontier", cascade.Frontier);
        services.AddSingleton<IProcessVerifier>(new ScriptedVerifier("WRONG"));
        configure(services.AddChatClient(cascade.Local));
        return services.BuildServiceProvider();
    }
}
