using Microsoft.Extensions.AI;

namespace SupportDesk;

/// <summary>A question's way through the desk.</summary>
/// <param name="Draft">The small model's answer.</param>
/// <param name="Response">The answer that the customer gets; the draft where that was kept.</param>
internal sealed record Answer(ChatResponse Draft, ChatResponse Response);
