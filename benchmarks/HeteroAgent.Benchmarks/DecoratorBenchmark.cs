using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>What each decorator allocates a call, beyond what the client below it allocates.</summary>
internal static class DecoratorBenchmark
{
    private const int Calls = 2000;
    private static readonly ChatMessage[] Messages = [new(ChatRole.User, "hello")];

    internal static Task<BenchmarkResult> RunAsync()
    {
        using InstantChatClient bare = new();
        using InstantChatClient frontier = new();
        using EscalatingChatClient kept = new(bare, frontier, EscalateWhen.ConfidenceBelow(0.1), leaveOpen: true);
        using EscalatingChatClient escalated = new(bare, frontier, EscalateWhen.Always, leaveOpen: true);
        using LedgerChatClient ledger = new(bare, new Ledger());
        using LedgerChatClient both = new(kept, new Ledger());
        (string Name, IChatClient Client)[] clients = [("escalation, kept local", kept), ("escalation, escalated", escalated), ("ledger", ledger), ("ledger over escalation, kept local", both)];
        double baseCall = BytesACall(bare);
        double baseStream = BytesAStream(bare);
        JsonObject figures = new() { ["calls"] = Calls, ["bare_bytes_a_call"] = baseCall, ["bare_bytes_a_stream"] = baseStream };
        List<string> lines = ["decorators: bytes allocated a call (a stream) beyond the scripted client's own"];
        foreach ((string name, IChatClient client) in clients)
        {
            double call = BytesACall(client) - baseCall;
            double stream = BytesAStream(client) - baseStream;
            figures[name] = new JsonObject { ["bytes_a_call"] = call, ["bytes_a_stream"] = stream };
            lines.Add($"  {name}: {call:0} ({stream:0})");
        }

        return Task.FromResult(new BenchmarkResult("decorators", string.Join('\n', lines), true, figures));
    }

    private static double BytesACall(IChatClient client) => BytesEach(() => Complete(client.GetResponseAsync(Messages)));

    private static double BytesAStream(IChatClient client) => BytesEach(() => Complete(DrainAsync(client)));

    // A call that completes at once stays on this thread, so that its allocations are counted here; one that does not would be missed.
    private static void Complete(Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("The call did not complete at once, so its allocations cannot be counted.", task.Exception);
        }
    }

    private static async Task DrainAsync(IChatClient client)
    {
        await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(Messages).ConfigureAwait(false))
        {
        }
    }

    private static double BytesEach(Action call)
    {
        for (int i = 0; i < Calls / 10; i++)
        {
            call();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++)
        {
            call();
        }

        return Math.Round((GC.GetAllocatedBytesForCurrentThread() - before) / (double)Calls, 1);
    }
}
