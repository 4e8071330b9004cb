using HeteroAgent;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Starter;
using Microsoft.Extensions.AI;

using ExtractiveModel model = await StarterModel.LoadAsync();   // three models of 1.2 MB, in the package
using IChatClient client = model.AsIChatClient();
Subtask<string, Table> booking = new("booking", "Read the table that is asked for.", client);

SubtaskResult<Table> result = await booking.RunAsync("book an italian restaurant in Boston for four at seven pm");
Console.WriteLine($"{result.Value}, {result.Confidence?.Score:P0} sure");

internal sealed record Table(string? City, string? Cuisine, string? PartySizeNumber, string? TimeRange);
