using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using NUnit.Framework;

namespace HeteroAgent.Integration.Tests;

/// <summary>The duties towards Semantic Kernel, kept before Semantic Kernel itself.</summary>
public sealed class SemanticKernelTests
{
    [Test]
    public async Task A_prompt_function_runs_on_the_cascade_and_sees_the_route()
    {
        Cascade cascade = new();
        Kernel kernel = KernelWith(cascade.Local.WithEscalation(cascade.Frontier, EscalateWhen.Always));
        FunctionResult result = await kernel.InvokePromptAsync("Say something.");
        Assert.Multiple(() =>
        {
            Assert.That(result.ToString(), Is.EqualTo("frontier answer"));
            Assert.That(EscalationRecord.From(result.Metadata)?.Route, Is.EqualTo("frontier"));
        });
    }

    [Test]
    public async Task The_replaced_answer_does_not_enter_the_chat_history()
    {
        Cascade cascade = new();
        IChatCompletionService chat = cascade.Local.WithEscalation(cascade.Frontier, EscalateWhen.Always).AsChatCompletionService();
        ChatHistory history = new("You help.");
        history.AddUserMessage("Hello");
        ChatMessageContent answer = await chat.GetChatMessageContentAsync(history);
        Assert.Multiple(() =>
        {
            Assert.That(answer.Content, Is.EqualTo("frontier answer"));
            Assert.That(history, Has.Count.EqualTo(2));
        });
    }

    [Test]
    public async Task A_subtask_is_a_plugin_function()
    {
        ScriptedChatClient specialist = new("""{"value":"refund"}""");
        AIFunction triage = new Subtask<string, string>("triage", "Name the subject.", specialist).AsAIFunction();
        Kernel kernel = new();
        KernelPlugin plugin = kernel.ImportPluginFromFunctions("desk", [triage.AsKernelFunction()]);
        FunctionResult result = await kernel.InvokeAsync(plugin["triage"], new() { ["input"] = "I want my money back" });
        Assert.Multiple(() =>
        {
            Assert.That(result.ToString(), Is.EqualTo("refund"));
            Assert.That(plugin["triage"].Metadata.Parameters.Single().Name, Is.EqualTo("input"));
        });
    }

    [Test]
    public async Task The_kernels_own_options_reach_the_local_client_unharmed()
    {
        Cascade cascade = new();
        Kernel kernel = KernelWith(cascade.Local.WithEscalation(cascade.Frontier, EscalateWhen.Never));
        await kernel.InvokePromptAsync("Say something.", new(new PromptExecutionSettings { ExtensionData = new Dictionary<string, object> { ["temperature"] = 0.25 } }));
        Assert.That(cascade.Local.Calls.Single().Options?.Temperature, Is.EqualTo(0.25f));
    }

    private static Kernel KernelWith(IChatClient client)
    {
        IKernelBuilder builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton(client);
        return builder.Build();
    }
}
