using Microsoft.Extensions.AI;

namespace HeteroAgent.TestKit;

/// <summary>What a <see cref="ScriptedChatClient"/> was asked.</summary>
public sealed record ReceivedCall(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options, bool IsStreaming);
