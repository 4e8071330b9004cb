using HeteroAgent;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant;

/// <summary>Reads requests from the console and shows what becomes of each.</summary>
internal static class InteractiveSession
{
    public static async Task RunAsync(IChatClient local, IChatClient frontier, ToolCatalog tools, double threshold, CancellationToken cancellationToken)
    {
        ObservingChatClient observed = new(local);
        EscalatingChatClient pair = observed.WithEscalation(frontier, EscalateWhen.Faulted | EscalateWhen.SchemaInvalid | EscalateWhen.ConfidenceBelow(threshold));
        Console.WriteLine("Type a request, for example: play some jazz by miles davis. An empty line ends.");
        while (true)
        {
            Console.Write("> ");
            string? request = Console.ReadLine();
            if (string.IsNullOrWhiteSpace(request))
            {
                return;
            }

            try
            {
                ChatResponse answer = await pair.GetResponseAsync(ToolCatalog.Messages(request), tools.Options(), cancellationToken);
                Show(ToolCall.Read(answer), observed, FormattableString.Invariant($"{answer.GetRoute()}{(answer.GetEscalationReason() is { } reason ? $" ({reason})" : "")}"));
            }
            catch (AssistantException e)
            {
                Show(ToolCall.Read(observed.Response), observed, $"would be escalated, but {e.Message}");
            }
            catch (ContextOverflowException e)
            {
                Console.WriteLine($"  {e.Message}");
            }
        }
    }

    private static void Show(ToolCall? call, ObservingChatClient observed, string route)
    {
        Console.WriteLine($"  call        {call?.ToString() ?? "none"}");
        Console.WriteLine(FormattableString.Invariant($"  confidence  {observed.Response?.GetConfidence()?.Score ?? 0:0.000} of the local model, in {observed.Elapsed.TotalMilliseconds:0.0} ms"));
        Console.WriteLine($"  route       {route}");
        if (observed.Response?.RawRepresentation is Extraction extraction)
        {
            Console.WriteLine($"  spans       {string.Join(", ", extraction.Spans.Select(s => $"{s.Slot} {s.Start}..{s.Start + s.Length}"))}");
        }
    }
}
