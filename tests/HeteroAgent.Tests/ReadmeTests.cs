using HeteroAgent.OpenAI;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HeteroAgent.Tests;

/// <summary>The code that the packages' README files show: it compiles, runs, and is the same there as here.</summary>
public sealed class ReadmeTests
{
    [Test]
    public async Task Core()
    {
        ScriptedChatClient local = new("""{"product":"kettle","urgency":"Low"}""");
        ScriptedChatClient frontier = new("""{"product":"Blender 3000","urgency":"High"}""", "claude-sonnet-4-5");
        string message = "My Blender 3000 is broken.";

        #region core
        Ledger ledger = new();
        using IChatClient client = local
            .WithEscalation(frontier, EscalateWhen.SchemaInvalid | EscalateWhen.Faulted)
            .WithLedger(ledger);

        Subtask<string, Ticket> triage = new("triage", "Read the message and fill in the ticket.", client);
        SubtaskResult<Ticket> result = await triage.RunAsync(message);

        Console.WriteLine($"{result.Value.Product}, answered by {result.Route} because {result.EscalationReason}");
        Console.WriteLine(ledger.GetSnapshot().ToTable());
        #endregion

        Assert.That((result.Value.Product, result.Route, result.EscalationReason), Is.EqualTo(("Blender 3000", Routes.Frontier, "schema_invalid")));
        Assert.That(ledger.GetSnapshot().ToTable(), Does.Contain("claude-sonnet-4-5"));
        AssertShown("HeteroAgent", "core");
    }

    [Test]
    public async Task OpenAI()
    {
        await using LoopbackServer server = new(static e => e.SendAsync(200, Protocol.Completion("Yes.")));
        Uri endpoint = server.Endpoint;
        string? apiKey = null;

        #region openai
        // https://api.openai.com/v1, https://api.deepseek.com/v1, http://localhost:11434/v1 and the like
        using IChatClient frontier = new OpenAICompatibleChatClient(endpoint, "gpt-4.1-mini", apiKey);

        ChatResponse response = await frontier.GetResponseAsync("Can order 1042 still be refunded?");
        Console.WriteLine($"{response.Text} ({response.Usage?.TotalTokenCount} tokens)");
        #endregion

        Assert.That((response.Text, response.Usage?.TotalTokenCount), Is.EqualTo(("Yes.", 29)));
        AssertShown("HeteroAgent.OpenAI", "openai");
    }

    [Test]
    public async Task A_builder_resolves_the_keyed_frontier_and_leaves_it_to_the_container()
    {
        ScriptedChatClient frontier = new("frontier");
        await using ServiceProvider services = new ServiceCollection().AddKeyedSingleton<IChatClient>("frontier", frontier).AddSingleton(new Ledger()).BuildServiceProvider();
        IChatClient client = new ScriptedChatClient("local").AsBuilder().UseLedger().UseEscalation("frontier", EscalateWhen.Always).Build(services);
        Assert.That((await client.GetResponseAsync("hi")).Text, Is.EqualTo("frontier"));
        Assert.That(services.GetRequiredService<Ledger>().GetSnapshot().FrontierCalls, Is.EqualTo(1));
        client.Dispose();
        Assert.That(frontier.DisposeCount, Is.Zero);
    }

    private static void AssertShown(string package, string region)
    {
        string[] source = File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "tests", "HeteroAgent.Tests", "ReadmeTests.cs"));
        int start = Array.FindIndex(source, l => l.Trim() == $"#region {region}") + 1;
        int end = Array.FindIndex(source, start, static l => l.Trim() == "#endregion");
        string code = string.Join('\n', source[start..end].Select(static l => l.Length > 8 ? l[8..] : ""));
        string readme = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "src", package, "README.md")).ReplaceLineEndings("\n");
        Assert.That(readme, Does.Contain($"```csharp\n{code}\n```"));
    }
}
