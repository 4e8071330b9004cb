using System.Text;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Passes the frontier model's updates on and ends the stream with the draft's usage and the record of the escalation.</summary>
internal sealed class EscalatedStream(LocalOutcome outcome, string? model)
{
    private readonly UsageDetails _usage = new();
    private readonly StringBuilder _text = new();
    private readonly ResponseStamp _stamp = EscalatedResponse.Stamp(outcome);
    private ChatResponseUpdate? _last;
    private string? _model;
    private bool _hasUsage;

    public ChatResponseUpdate Pass(ChatResponseUpdate update)
    {
        update = update.Clone();
        update.ConversationId = null;
        update.ContinuationToken = null;
        update.ModelId ??= _model ?? model;
        _model = update.ModelId;
        foreach (AIContent content in update.Contents)
        {
            if (content is UsageContent usage)
            {
                _usage.Add(usage.Details);
                _hasUsage = true;
            }
            else if (content is TextContent or TextReasoningContent)
            {
                _ = _text.Append(content);
            }
        }

        // Each update says who speaks, so that a reader of a half-finished stream knows it too.
        update.AdditionalProperties = update.AdditionalProperties?.Clone() ?? [];
        update.AdditionalProperties[ResponsePropertyNames.Route] = Routes.Frontier;
        return _last = update;
    }

    public ChatResponseUpdate End()
    {
        UsageDetails rest = new();
        RouteUsage.CountFrontier(rest, _usage);
        EscalatedResponse.AddDraft(rest, outcome.Context);
        AdditionalPropertiesDictionary properties = [];
        _stamp.Write(properties);
        _stamp.Tag();
        return new(_last?.Role ?? ChatRole.Assistant, [new UsageContent(rest)])
        {
            AdditionalProperties = properties,
            CreatedAt = _last?.CreatedAt,
            MessageId = _last?.MessageId,
            ModelId = _last?.ModelId ?? model,
            ResponseId = _last?.ResponseId,
        };
    }

    public void Settle() => outcome.Charge?.Settle(_hasUsage ? _usage : null, _model, _text.ToString());
}
