using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>What this library records on a response: who answered, why, and how sure the local model had been.</summary>
internal sealed record ResponseStamp(string Route, string? Reason, string? Detail, string? Withheld, Confidence? Confidence)
{
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
            message.AdditionalProperties[ResponsePropertyNames.Route] = stamp.Route;
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
        properties[ResponsePropertyNames.Route] = Route;
        Set(properties, ResponsePropertyNames.EscalationReason, Reason);
        Set(properties, ResponsePropertyNames.EscalationDetail, Detail);
        Set(properties, ResponsePropertyNames.EscalationWithheld, Withheld);
        if (Confidence is not null)
        {
            properties.SetConfidence(Confidence);
        }
    }

    public void Tag()
    {
        Telemetry.Answered(Route);
        if (Activity.Current is { } activity)
        {
            _ = activity.SetTag(ResponsePropertyNames.Route, Route);
            _ = Reason is null ? activity : activity.SetTag(ResponsePropertyNames.EscalationReason, Reason);
            _ = Withheld is null ? activity : activity.SetTag(ResponsePropertyNames.EscalationWithheld, Withheld);
            _ = Confidence is null ? activity : activity.SetTag(ResponsePropertyNames.Confidence, Confidence.Score);
        }
    }

    private static void Set(AdditionalPropertiesDictionary properties, string name, string? value)
    {
        if (value is not null)
        {
            properties[name] = value;
        }
    }
}
