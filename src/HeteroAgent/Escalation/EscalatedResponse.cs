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
        new(
            new(Routes.Frontier)
            {
                Reason = outcome.Context.Decision.Reason,
                Detail = outcome.Context.Decision.Detail,
                PrefixSteps = outcome.Prefix?.Steps,
                PrefixLength = outcome.Prefix?.Text.Length,
            },
            outcome.Context.Response?.GetConfidence());

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
