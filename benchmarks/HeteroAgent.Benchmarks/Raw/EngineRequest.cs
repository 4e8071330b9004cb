using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>One streamed request to the engine.</summary>
internal static class EngineRequest
{
    /// <summary>Streams an answer to its end.</summary>
    /// <param name="client">The engine.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="maxTokens">The most tokens.</param>
    /// <param name="onFirst">Called at the first update.</param>
    /// <returns>The generated tokens, and those of the prompt that were cached.</returns>
    internal static async Task<(int Tokens, int Cached)> StreamAsync(IChatClient client, IReadOnlyList<ChatMessage> messages, int maxTokens, Action? onFirst = null)
    {
        bool started = false;
        UsageDetails? usage = null;
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(messages, new ChatOptions { MaxOutputTokens = maxTokens }).ConfigureAwait(false))
        {
            if (!started)
            {
                started = true;
                onFirst?.Invoke();
            }

            usage = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? usage;
        }

        return ((int)(usage?.OutputTokenCount ?? 0), (int)(usage?.CachedInputTokenCount ?? 0));
    }
}
