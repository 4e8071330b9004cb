using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>What this library records on a response: who answered, why, and how sure the local model had been.</summary>
internal sealed record ResponseStamp(EscalationRecord Escalation, Confidence? Confidence)
{
    /// <summary>The stamp of a local answer that is kept; what a cascade further in has recorded stays.</summary>
    public static ResponseStamp Kept(ChatResponse draft, string? withheld)
    {
        EscalationRecord record = draft.GetEscalation() ?? new(Routes.Local);
        return new(withheld is null ? record : record with { Withheld = withheld }, draft.GetConfidence());
    }

    /// <summary>Copies a response, since the inner client may hold on to the one that it returned. State that only one provider knows is left out.</summary>
    public static ChatResponse Copy(ChatResponse response, string? model) => new([.. response.Messages])
    {
        AdditionalProperties = response.AdditionalProperties?.Clone(),
        CreatedAt = response.CreatedAt,
        FinishReason = response.FinishReason,
        ModelId = response.ModelId ?? model,
        RawRepresentation = response.RawRepresentation,
        ResponseId = response.ResponseId,
        Usage = response.Usage,
    };

    /// <summary>Writes to a response that <see cref="Copy"/> made, and to copies of its messages: the route to all of them, the rest to the last.</summary>
    public static void Write(ChatResponse response, ResponseStamp stamp)
    {
        stamp.Write(response.AdditionalProperties ??= []);
        for (int i = 0; i < response.Messages.Count; i++)
        {
            ChatMessage message = response.Messages[i].Clone();
            message.AdditionalProperties = message.AdditionalProperties?.Clone() ?? [];
            EscalationRecord.Slot.Write(message.AdditionalProperties, new(stamp.Escalation.Route));
            if (i == response.Messages.Count - 1)
            {
                stamp.Write(message.AdditionalProperties);
            }

            response.Messages[i] = message;
        }

        stamp.Tag();
    }

    public void Write(AdditionalPropertiesDictionary properties)
    {
        EscalationRecord.Slot.Write(properties, Escalation);
        if (Confidence is not null)
        {
            properties.SetConfidence(Confidence);
        }
    }

    public void Tag()
    {
        Telemetry.Answered(Escalation.Route);
        if (Activity.Current is { } activity)
        {
            _ = activity.SetTag(HeteroAgentTelemetry.RouteTag, Escalation.Route);
            _ = Escalation.Reason is null ? activity : activity.SetTag(HeteroAgentTelemetry.EscalationReasonTag, Escalation.Reason);
            _ = Escalation.Withheld is null ? activity : activity.SetTag(HeteroAgentTelemetry.EscalationWithheldTag, Escalation.Withheld);
            _ = Confidence is null ? activity : activity.SetTag(HeteroAgentTelemetry.ConfidenceTag, Confidence.Score);
        }
    }
}
