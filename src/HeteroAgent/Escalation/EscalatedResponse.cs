using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>The frontier model's answer with what is known of the draft that it replaces.</summary>
internal static class EscalatedResponse
{
    public static ChatResponse Create(ChatResponse answer, LocalOutcome outcome, string? model)
    {
        ChatResponse response = ResponseStamp.Copy(answer, model);
        response.Usage = RouteUsage.Copy(answer.Usage);
        RouteUsage.CountFrontier(response.Usage, answer.Usage);
        AddLocal(response.Usage, outcome);
        ResponseStamp.Write(response, Stamp(outcome));
        return response;
    }

    public static ResponseStamp Stamp(LocalOutcome outcome) =>
        new(Routes.Frontier, outcome.Context.Decision.Reason, outcome.Context.Decision.Detail, Withheld: null, outcome.Context.Response?.GetConfidence());

    /// <summary>Adds the usage of the local call; one that failed reported none.</summary>
    public static void AddLocal(UsageDetails total, LocalOutcome outcome)
    {
        if (outcome.Prefix is { } prefix)
        {
            if (outcome.Context.Response is null && prefix.Usage.OutputTokenCount is 0)
            {
                return;
            }

            total.Add(prefix.Usage);
            RouteUsage.CountHandedOver(total, prefix.Usage, prefix.DiscardedOutputTokens);
        }
        else if (outcome.Context.Response is { } draft)
        {
            total.Add(RouteUsage.Copy(draft.Usage));
            RouteUsage.CountLocal(total, draft.Usage, discarded: true);
        }
    }
}
