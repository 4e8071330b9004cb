using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Cli;

/// <summary>One answer as it arrives, and the time that it took.</summary>
internal sealed class Answer
{
    private readonly List<ChatResponseUpdate> _updates = [];

    /// <summary>From the start of the request to the first update, or to the end where there was none.</summary>
    internal TimeSpan FirstToken { get; private set; }

    /// <summary>From the start of the request to the end.</summary>
    internal TimeSpan Total { get; private set; }

    /// <summary>What has arrived; all of it once <see cref="ReceiveAsync"/> has returned.</summary>
    internal ChatResponse Response => _updates.ToChatResponse();

    /// <summary>Asks, and hands each piece of text on as it comes.</summary>
    internal async Task ReceiveAsync(IChatClient client, IEnumerable<ChatMessage> messages, ChatOptions options, Action<string>? show, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            if (_updates.Count == 0)
            {
                FirstToken = Stopwatch.GetElapsedTime(start);
            }

            _updates.Add(update);
            if (update.Text is { Length: > 0 } text)
            {
                show?.Invoke(text);
            }
        }

        Total = Stopwatch.GetElapsedTime(start);
        FirstToken = _updates.Count == 0 ? Total : FirstToken;
    }

    /// <summary>The figures of the answer on one line.</summary>
    internal string Figures()
    {
        ChatResponse response = Response;
        long tokens = response.Usage?.OutputTokenCount ?? 0;
        double seconds = (Total - FirstToken).TotalSeconds;
        string rate = tokens > 1 && seconds > 0 ? $", {(tokens - 1) / seconds:0.0} tokens/s" : "";
        string confidence = response.GetConfidence() is { } known ? $", confidence {known.Score:0.00}" : "";
        string cut = response.FinishReason == ChatFinishReason.Length ? ", cut off at the token limit" : "";
        return $"{tokens} tokens{rate}, first after {FirstToken.TotalMilliseconds:0} ms{confidence}{cut}";
    }
}
