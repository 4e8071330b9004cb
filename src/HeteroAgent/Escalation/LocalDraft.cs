using System.Text;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>What has arrived of a local answer and what of it has been shown. Not thread-safe.</summary>
internal sealed class LocalDraft(string? model)
{
    private readonly List<ChatResponseUpdate> _updates = [];
    private readonly List<AIContent> _held = [];
    private readonly List<AIAnnotation> _annotations = [];
    private readonly List<string> _steps = [];
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _shown = new();
    private ChatResponseUpdate? _template;
    private UsageDetails? _usage;
    private long _textUpdates;

    public IReadOnlyList<string> Steps => _steps;

    public string Text => _text.ToString();

    public string? ResponseId => _template?.ResponseId;

    public bool IsBlank => string.IsNullOrWhiteSpace(Text);

    public bool CallsTools { get; private set; }

    /// <summary>Takes an update in and returns its text.</summary>
    public string Add(ChatResponseUpdate update)
    {
        _updates.Add(update);
        int before = _text.Length;
        bool generated = false;
        foreach (AIContent content in update.Contents)
        {
            switch (content)
            {
                case UsageContent usage:
                    (_usage ??= new()).Add(usage.Details);
                    break;
                case TextContent text:
                    _ = _text.Append(text.Text);
                    _annotations.AddRange(text.Annotations ?? []);
                    generated |= text.Text.Length > 0;
                    break;
                default:
                    _held.Add(content);
                    generated = true;
                    CallsTools |= content is FunctionCallContent { InformationalOnly: false };
                    break;
            }
        }

        _textUpdates += generated ? 1 : 0;
        return _text.ToString(before, _text.Length - before);
    }

    public ChatResponse ToResponse() => _updates.ToChatResponse();

    /// <summary>Makes an update of a step that passed. Reasoning that came before it goes with it; a tool call waits for the end.</summary>
    public ChatResponseUpdate Show(string step, VerificationResult? result)
    {
        ChatResponseUpdate update = Template().Clone();
        update.Contents = [.. _held.Where(static c => c is TextReasoningContent), TextOf(step)];
        _ = _held.RemoveAll(static c => c is TextReasoningContent);
        update.AdditionalProperties = [];
        EscalationRecord.Slot.Write(update.AdditionalProperties, new(Routes.Local));
        if (result is not null)
        {
            VerificationStamp.Write(update.AdditionalProperties, result);
        }

        return update;
    }

    /// <summary>Makes the last updates: the last step, calls and whatever else was held, usage and the records.</summary>
    public IEnumerable<ChatResponseUpdate> End(string lastStep, VerificationResult? result, string? withheld)
    {
        ChatResponse draft = ToResponse();
        UsageDetails usage = RouteUsage.Copy(draft.Usage);
        RouteUsage.CountLocal(usage, draft.Usage, discarded: false);
        ChatResponseUpdate update = Template().Clone();
        List<AIContent> contents = [.. _held.Where(static c => c is TextReasoningContent)];
        if (lastStep.Length > 0 || _annotations.Count > 0)
        {
            contents.Add(TextOf(lastStep));
        }

        contents.AddRange(_held.Where(static c => c is not TextReasoningContent));
        contents.Add(new UsageContent(usage));
        update.Contents = contents;
        update.FinishReason = draft.FinishReason;
        update.AdditionalProperties = draft.Messages.Count > 0 ? draft.Messages[^1].AdditionalProperties?.Clone() ?? [] : [];
        foreach ((string key, object? value) in draft.AdditionalProperties ?? [])
        {
            update.AdditionalProperties[key] = value;
        }

        if (withheld is null || result is not null)
        {
            VerificationStamp.Write(update.AdditionalProperties, result);
        }

        ResponseStamp stamp = ResponseStamp.Kept(draft, withheld);
        stamp.Write(update.AdditionalProperties);
        stamp.Tag();
        return ResponseUpdates.OnBothLevels(update);
    }

    /// <summary>What was shown and what it cost, where the frontier model goes on.</summary>
    public VerifiedPrefix ToPrefix()
    {
        // A local model that was stopped reports no usage; each update with text stands for at least one token.
        UsageDetails usage = RouteUsage.Copy(_usage);
        long output = usage.OutputTokenCount ??= _textUpdates;
        usage.TotalTokenCount ??= output;
        long discarded = _text.Length == 0 ? output : output * (_text.Length - _shown.Length) / _text.Length;
        return new(_shown.ToString(), _steps.Count, usage, discarded, _shown.Length == 0 ? null : Template());
    }

    private TextContent TextOf(string step)
    {
        _ = _shown.Append(step);
        if (step.Length > 0)
        {
            _steps.Add(step.Trim());
        }

        TextContent text = new(step) { Annotations = _annotations.Count > 0 ? [.. _annotations] : null };
        _annotations.Clear();
        return text;
    }

    private ChatResponseUpdate Template() => _template ??= new(ChatRole.Assistant, (IList<AIContent>)[])
    {
        AuthorName = First(static u => u.AuthorName),
        CreatedAt = _updates.Select(static u => u.CreatedAt).FirstOrDefault(static t => t > DateTimeOffset.UnixEpoch) ?? DateTimeOffset.UtcNow,
        MessageId = First(static u => u.MessageId) ?? Guid.NewGuid().ToString("N"),
        ModelId = First(static u => u.ModelId) ?? model,
        ResponseId = First(static u => u.ResponseId) ?? Guid.NewGuid().ToString("N"),
    };

    private string? First(Func<ChatResponseUpdate, string?> read) => _updates.Select(read).FirstOrDefault(static v => !string.IsNullOrEmpty(v));
}
