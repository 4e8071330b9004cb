using System.Text.Json;
using System.Text.Json.Serialization;
using HeteroAgent;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Starter;
using Microsoft.Extensions.AI;

using ExtractiveModel model = await StarterModel.LoadAsync();
using IChatClient client = model.AsIChatClient();
Subtask<string, Table> booking = new("booking", "Read the table that is asked for.", client, new() { SerializerOptions = Json.Default.Options });

SubtaskResult<Table> result = await booking.RunAsync("book an italian restaurant in Boston for four at seven pm");
Console.WriteLine($"{result.Value.Cuisine} in {result.Value.City}, {result.Value.TimeRange}");

internal sealed record Table(string? City, string? Cuisine, string? PartySizeNumber, string? TimeRange);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Table))]
[JsonSerializable(typeof(string))]
internal sealed partial class Json : JsonSerializerContext;
