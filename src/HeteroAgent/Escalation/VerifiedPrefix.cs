using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>What of a local answer was shown before the frontier model took over, and what the local model used.</summary>
/// <param name="Text">The shown text, white space at its end included; empty where nothing was shown.</param>
/// <param name="Steps">The number of steps in it.</param>
/// <param name="Usage">What the local model reported, or the least that it must have used.</param>
/// <param name="DiscardedOutputTokens">The part of its output that was not shown.</param>
/// <param name="Template">An update without contents whose ids the whole answer bears; <see langword="null"/> where nothing was shown.</param>
internal sealed record VerifiedPrefix(string Text, int Steps, UsageDetails Usage, long DiscardedOutputTokens, ChatResponseUpdate? Template)
{
    // The frontier model may find an error that the verifier missed; what was shown stays, so the correction has to stand in the open.
    private const string Instruction =
        """
        An answer to this has been begun, and the reader has already seen the part between the marks. Write only what comes after it: do not repeat it and do not start over. If something in it is wrong, say so and correct it as you go on.
        <begun>
        {0}
        </begun>
        """;

    /// <summary>Makes the frontier model's messages of the caller's. Nothing of the caller's is changed.</summary>
    public IReadOnlyList<ChatMessage> Append(IReadOnlyList<ChatMessage> messages, PrefixPlacement placement)
    {
        if (Text.Length == 0)
        {
            return messages;
        }

        // Anthropic refuses an assistant message at the end that ends in white space.
        string text = Text.TrimEnd();
        if (placement == PrefixPlacement.AssistantMessage)
        {
            return [.. messages, new(ChatRole.Assistant, text)];
        }

        string instruction = Instruction.Replace("{0}", text, StringComparison.Ordinal);
        if (messages.Count == 0 || messages[^1].Role != ChatRole.User)
        {
            return [.. messages, new(ChatRole.User, instruction)];
        }

        ChatMessage last = messages[^1].Clone();
        last.Contents = [.. last.Contents, new TextContent("\n\n" + instruction)];
        return [.. messages.Take(messages.Count - 1), last];
    }
}
