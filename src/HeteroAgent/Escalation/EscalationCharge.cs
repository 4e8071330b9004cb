using System.Text;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>One escalation under a limit in dollars: checked for a price before the call, charged after it.</summary>
internal sealed class EscalationCharge
{
    private readonly EscalationLimiter _limiter;
    private readonly ModelPrice _price;
    private readonly IReadOnlyList<ChatMessage> _messages;

    private EscalationCharge(EscalationLimiter limiter, ModelPrice price, IReadOnlyList<ChatMessage> messages)
    {
        _limiter = limiter;
        _price = price;
        _messages = messages;
    }

    public static EscalationCharge? For(EscalationLimiter? limiter, string? model, IReadOnlyList<ChatMessage> messages) =>
        limiter?.Limits.DollarsPerDay is null ? null : new(limiter, limiter.Limits.Prices.GetPrice(model), messages);

    public void Settle(UsageDetails? usage, string? model, string text)
    {
        ModelPrice price = _limiter.Limits.Prices.TryGetPrice(model, out ModelPrice? own) ? own : _price;
        _limiter.Charge(usage?.InputTokenCount is not null || usage?.OutputTokenCount is not null
            ? price.Cost(usage)
            : price.Cost(_messages.Sum(static m => (long)m.Contents.Sum(static c => Bytes(c))), Encoding.UTF8.GetByteCount(text)));
    }

    // No tokeniser makes more tokens of a text than it has bytes.
    private static int Bytes(AIContent content) => Encoding.UTF8.GetByteCount(content.ToString() ?? "");
}
