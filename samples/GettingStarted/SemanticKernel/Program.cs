using HeteroAgent;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Starter;
using Microsoft.SemanticKernel;

using ExtractiveModel model = await StarterModel.LoadAsync();
Subtask<string, Table> booking = new("booking", "Read the table that is asked for.", model.AsIChatClient());

Kernel kernel = new();
kernel.ImportPluginFromFunctions("read", [booking.AsAIFunction().AsKernelFunction()]);
FunctionResult result = await kernel.InvokeAsync("read", "booking", new() { ["input"] = "book an italian restaurant in Boston for four at seven pm" });
Console.WriteLine(result);

internal sealed record Table(string? City, string? Cuisine, string? PartySizeNumber, string? TimeRange);
