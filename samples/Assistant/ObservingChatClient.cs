using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace Assistant;

/// <summary>Notes what the local model answered and how long it took, before anybody decides whether to keep it. For one call at a time.</summary>
internal sealed class ObservingChatClient(IChatClient innerClient) : DelegatingChatClient(innerClient)
{
    public ChatResponse? Response { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Response = null;
        long start = Stopwatch.GetTimestamp();
        try
        {
            return Response = await base.GetResponseAsync(messages, options, cancellationToken);
        }
        finally
        {
            Elapsed = Stopwatch.GetElapsedTime(start);
        }
    }
}
