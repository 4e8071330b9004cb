using System.Text;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Passes the frontier model's updates on and ends the stream with the local model's usage and the record of the escalation. Where a part of the local answer was shown, the updates go on with its message.</summary>
internal sealed class EscalatedStream(LocalOutcome outcome, string? model)
{
    private readonly UsageDetails _usage = new();
    private readonly StringBuilder _text = new();
    private readonly ResponseStamp _stamp = EscalatedResponse.Stamp(outcome);
    private readonly ChatResponseUpdate? _template = outcome.Prefix?.Template;
    private readonly PrefixEcho? _echo = outcome.Prefix is { Text.Length: > 0 } prefix ? new(prefix.Text) : null;
    private ChatResponseUpdate? _last;
    private string? _messageId;
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

        if (_template is not null)
        {
            Join(update);
        }

        if (_echo is not null)
        {
            update.Contents = [.. update.Contents.Select(Continue).Where(static c => c is not null).Cast<AIContent>()];
        }

        // Each update says who speaks, so that a reader of a half-finished stream knows it too.
        update.AdditionalProperties = update.AdditionalProperties?.Clone() ?? [];
        EscalationRecord.Slot.Write(update.AdditionalProperties, new(Routes.Frontier));
        _messageId = update.MessageId ?? _messageId;
        return _last = update;
    }

    public IEnumerable<ChatResponseUpdate> End()
    {
        UsageDetails rest = new();
        RouteUsage.CountFrontier(rest, _usage);
        EscalatedResponse.AddLocal(rest, outcome);
        AdditionalPropertiesDictionary properties = [];
        _stamp.Write(properties);
        _stamp.Tag();
        if (_template is not null)
        {
            // The updates of the shown steps bear what the verifier found in them; of the whole answer it has found nothing.
            VerificationRecord.Slot.Write(properties, null);
        }

        string held = _echo?.End() ?? "";
        ChatResponseUpdate end = new(_last?.Role ?? ChatRole.Assistant, held.Length > 0 ? [new TextContent(held), new UsageContent(rest)] : [new UsageContent(rest)])
        {
            AdditionalProperties = properties,
            CreatedAt = _last?.CreatedAt,
            MessageId = _messageId,
            ModelId = _last?.ModelId ?? model,
            ResponseId = _last?.ResponseId,
        };
        if (_template is not null)
        {
            Join(end);
        }

        return ResponseUpdates.OnBothLevels(end);
    }

    public void Settle() => outcome.Charge?.Settle(_hasUsage ? _usage : null, _model, _text.ToString());

    // Another id, role or author would begin a new message.
    private void Join(ChatResponseUpdate update)
    {
        update.MessageId = _template!.MessageId;
        update.ResponseId = _template.ResponseId;
        update.AuthorName = _template.AuthorName;
        update.Role = _template.Role;
        update.CreatedAt = _template.CreatedAt ?? update.CreatedAt;
    }

    private AIContent? Continue(AIContent content)
    {
        if (content is not TextContent text)
        {
            return content;
        }

        string shown = _echo!.Pass(text.Text);
        return shown == text.Text ? text
            : shown.Length == 0 && text.Annotations is not { Count: > 0 } ? null
            : new TextContent(shown) { AdditionalProperties = text.AdditionalProperties, Annotations = text.Annotations, RawRepresentation = text.RawRepresentation };
    }
}
