using HeteroAgent;
using Microsoft.Extensions.AI;

namespace Assistant;

/// <summary>What the frontier model would have done alone.</summary>
/// <param name="Requests">The requests that it was asked: all of them where that is free, else those that were escalated.</param>
/// <param name="Exact">How many of its calls were exact.</param>
/// <param name="CostPer1000">Dollars per thousand requests, or null where it has no price.</param>
internal sealed record FrontierRun(int Requests, int Exact, decimal? CostPer1000)
{
    public double? ExactShare => Requests == 0 ? null : (double)Exact / Requests;

    /// <summary>Asks the frontier model every request.</summary>
    public static async Task<FrontierRun> AskAllAsync(IChatClient frontier, IReadOnlyList<LabeledRequest> requests, ToolCatalog tools, PriceTable prices, CancellationToken cancellationToken)
    {
        Ledger ledger = new(prices);
        int exact = 0;
        LedgerChatClient recorded = frontier.WithLedger(ledger);
        foreach (LabeledRequest request in requests)
        {
            ChatResponse answer = await recorded.GetResponseAsync(ToolCatalog.Messages(request.Request), tools.Options(), cancellationToken);
            exact += request.Gold.IsExactly(ToolCall.Read(answer)) ? 1 : 0;
        }

        return new FrontierRun(requests.Count, exact, Per1000(ledger.GetSnapshot(), requests.Count));
    }

    /// <summary>Takes what it did with the escalated requests for what it would do with all.</summary>
    public static FrontierRun FromEscalated(IReadOnlyList<Outcome> outcomes, LedgerSnapshot ledger)
    {
        Outcome[] escalated = [.. outcomes.Where(o => o.Route == Routes.Frontier)];
        return new FrontierRun(escalated.Length, escalated.Count(o => o.FinalIsExact), escalated.Length == 0 ? null : Per1000(ledger, escalated.Length));
    }

    private static decimal? Per1000(LedgerSnapshot ledger, int requests) => ledger.UnpricedCalls > 0 ? null : ledger.Cost / requests * 1000;
}
