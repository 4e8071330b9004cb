using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Analyzers.Tests;

/// <summary>The examples of <c>docs/diagnostics.md</c> are reported, and its cures are not.</summary>
internal sealed class DiagnosticsPageTests
{
    private const string Client = "IChatClient client = local;\n";

    [Test]
    public async Task Tools_inside_escalation()
    {
        const string Example = """
            // A builder adds from the outside in: here escalation is outside, tools are inside.
            services.AddChatClient(local)
                .UseEscalation("frontier", policy)
                .UseFunctionInvocation();                                       // HETERO101

            // A client is wrapped from the inside out: here too.
            IChatClient tools = local.AsBuilder().UseFunctionInvocation().Build();
            IChatClient client = tools.WithEscalation(frontier, policy);        // HETERO101
            """;
        const string Cure = """
            services.AddChatClient(local)
                .UseFunctionInvocation()
                .UseEscalation("frontier", policy);

            IChatClient client = local.WithEscalation(frontier, policy)
                .AsBuilder().UseFunctionInvocation().Build();
            """;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await Ids<ToolInvocationOrderAnalyzer>("HETERO101", "", Example), Is.EqualTo(new[] { "HETERO101", "HETERO101" }));
            Assert.That(await Ids<ToolInvocationOrderAnalyzer>("HETERO101", "", Cure), Is.Empty);
        }
    }

    [Test]
    public async Task Unfillable_outputs()
    {
        const string Type = """
            public sealed record Order(string Product, (decimal Amount, string Currency) Price);
            """;
        const string Example = """
            var read = new Subtask<string, Order>("order", "Read the order.", client);   // HETERO102: Order.Price
            """;
        const string Cure = """
            public sealed record Price(decimal Amount, string Currency);
            public sealed record Order(string Product, Price Price);
            """;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await Ids<SubtaskAnalyzer>("HETERO102", Type, Client + Example), Is.EqualTo(new[] { "HETERO102" }));
            Assert.That(await Ids<SubtaskAnalyzer>("HETERO102", Cure, Client + Example), Is.Empty);
        }
    }

    [Test]
    public async Task Missing_serializer_options()
    {
        const string Example = """
            var triage = new Subtask<string, Ticket>("triage", "Fill in the ticket.", client);   // HETERO103
            """;
        Assert.That(await Ids<SubtaskAnalyzer>("HETERO103", "public sealed record Ticket(string Product);", Client + Example), Is.EqualTo(new[] { "HETERO103" }));
    }

    [Test]
    public void Generated_serializer_options_make_the_subtask()
    {
        using IChatClient client = new EmptyClient();
        var triage = new Subtask<string, Ticket>("triage", "Fill in the ticket.", client, new() { SerializerOptions = DeskJson.Default.Options });
        Assert.That(triage.Schema.GetProperty("properties").EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "product" }));
    }

    private static async Task<string[]> Ids<T>(string id, string types, string statements)
        where T : DiagnosticAnalyzer, new()
    {
        string source = $$"""
            {{types}}
            public static class Program
            {
                public static void Run(IChatClient local, IChatClient frontier, EscalationPolicy policy, IServiceCollection services)
                {
                    {{statements}}
                }
            }
            """;
        return [.. (await Compiled.AnalyzeAsync<T>(source, ("PublishAot", "true"))).Select(d => d.Id).Where(i => i == id || i == "AD0001")];
    }

    private sealed class EmptyClient : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Task.FromResult(new ChatResponse());

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            AsyncEnumerable.Empty<ChatResponseUpdate>();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}

internal sealed record Ticket(string Product);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Ticket))]
[JsonSerializable(typeof(string))]
internal sealed partial class DeskJson : JsonSerializerContext;
