using System.Diagnostics;
using HeteroAgent;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant;

/// <summary>Runs labelled requests, one at a time, through a local model that escalates to a frontier model.</summary>
internal sealed class Evaluation(IChatClient local, IChatClient frontier, ToolCatalog tools, double threshold, Ledger ledger)
{
    public async Task<IReadOnlyList<Outcome>> RunAsync(IReadOnlyList<LabeledRequest> requests, Action<int> progress, CancellationToken cancellationToken)
    {
        ObservingChatClient observed = new(local);
        LedgerChatClient pair = observed
            .WithEscalation(frontier, EscalateWhen.Faulted | EscalateWhen.SchemaInvalid | EscalateWhen.ConfidenceBelow(threshold))
            .WithLedger(ledger);
        List<Outcome> outcomes = [];

        // The first answer also pays for compiling code and for filling the cache of the instructions: it is asked once more, unmeasured, before.
        await WarmUpAsync(requests[0], cancellationToken);
        foreach (LabeledRequest request in requests)
        {
            long start = Stopwatch.GetTimestamp();
            ChatResponse answer = await pair.GetResponseAsync(ToolCatalog.Messages(request.Request), tools.Options(), cancellationToken);
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            ToolCall? call = ToolCall.Read(observed.Response);
            outcomes.Add(new Outcome(
                request,
                call,
                tools.IsValid(call, request.Request),
                observed.Response?.GetConfidence()?.Score ?? 0,
                answer.GetRoute() ?? Routes.Frontier,
                answer.GetEscalationReason(),
                ToolCall.Read(answer),
                milliseconds,
                observed.Elapsed.TotalSeconds,
                Tokens(observed.Response)));
            progress(outcomes.Count);
        }

        return outcomes;
    }

    private async Task WarmUpAsync(LabeledRequest request, CancellationToken cancellationToken)
    {
        try
        {
            _ = await local.GetResponseAsync(ToolCatalog.Messages(request.Request), tools.Options(), cancellationToken);
        }
        catch (Exception e) when (e is ExtractionException or ContextOverflowException)
        {
            // It fails again, and is counted, in its turn.
        }
    }

    /// <summary>Tokens that went through the network: those read, less those that a cache held, and those generated. Labels are read off, so they do not count.</summary>
    private static long Tokens(ChatResponse? response) =>
        (response?.Usage?.InputTokenCount ?? 0) - (response?.Usage?.CachedInputTokenCount ?? 0) + (response?.RawRepresentation is Extraction ? 0 : response?.Usage?.OutputTokenCount ?? 0);
}
