using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using HeteroAgent;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

await using LlamaModel model = await LlamaModel.LoadAsync(args[0]);
using IChatClient client = model.AsIChatClient();

SubtaskOptions options = new() { SerializerOptions = TicketContext.Default.Options };
Subtask<string, Ticket> triage = new("triage", "Read the message and fill in the ticket.", client, options);
SubtaskResult<Ticket> result = await triage.RunAsync("My Blender 3000 stopped, please hurry! Order 1042.");
Console.WriteLine(result.Value);

long start = Stopwatch.GetTimestamp();
ChatResponse story = await client.GetResponseAsync("Tell a story.", new ChatOptions { MaxOutputTokens = 128 });
double rate = story.Usage!.OutputTokenCount!.Value / Stopwatch.GetElapsedTime(start).TotalSeconds;
Console.WriteLine($"{LlamaRuntime.Current!.Build}, {rate:F0} tokens/s");

public enum Urgency { Low, High }

public sealed record Ticket([property: Span] string Product, Urgency Urgency, int? OrderNumber = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Ticket))]
internal sealed partial class TicketContext : JsonSerializerContext;
