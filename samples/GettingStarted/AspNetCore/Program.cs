using HeteroAgent;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Starter;
using Microsoft.Extensions.AI;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
ExtractiveModel model = await StarterModel.LoadAsync();
builder.Services.AddSingleton(model);
builder.Services.AddChatClient(model.AsIChatClient()).UseLedger(new Ledger());
builder.Services.AddSingleton(services => new Subtask<string, Table>("booking", "Read the table that is asked for.", services.GetRequiredService<IChatClient>()));

WebApplication app = builder.Build();
app.MapGet("/booking", async (string request, Subtask<string, Table> booking, CancellationToken ct) => (await booking.RunAsync(request, ct)).Value);
await app.RunAsync();

internal sealed record Table(string? City, string? Cuisine, string? PartySizeNumber, string? TimeRange);
