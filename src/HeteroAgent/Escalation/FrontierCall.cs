using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace HeteroAgent;

/// <summary>The call of the frontier model, with its span and its log.</summary>
internal static class FrontierCall
{
    /// <summary>Says that the call goes up; before the frontier model is asked.</summary>
    public static void Announce(IChatClient frontier, EscalationDecision decision, ILogger logger)
    {
        Telemetry.Escalated(decision.Reason);
        logger.Escalated(ModelOf(frontier), decision.Reason);
        if (decision.Detail is { } detail)
        {
            logger.Detail(decision.Reason, detail);
        }
    }

    public static async Task<ChatResponse> AskAsync(IChatClient frontier, IReadOnlyList<ChatMessage> messages, ChatOptions? options, LocalOutcome outcome, ILogger logger, CancellationToken cancellationToken)
    {
        string? model = ModelOf(frontier);
        using Activity? span = ModelSpan.StartFrontier(model, outcome.Context.Decision.Reason);
        try
        {
            ChatResponse answer = await frontier.GetResponseAsync(messages, FallbackRequest.Options(options), cancellationToken).ConfigureAwait(false);
            span.Answered(answer.ModelId);
            return answer;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Fail(e, model, span, logger);
            throw;
        }
    }

    /// <summary>Streams the answer and ends it with the record of the escalation. The caller's activity is current at each update.</summary>
    public static async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        IChatClient frontier, IReadOnlyList<ChatMessage> messages, ChatOptions? options, LocalOutcome outcome, ILogger logger, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Activity? activity = Activity.Current;
        string? model = ModelOf(frontier);
        EscalatedStream stream = new(outcome, model);
        Activity? span = ModelSpan.StartFrontier(model, outcome.Context.Decision.Reason);
        Activity.Current = activity;
        IAsyncEnumerator<ChatResponseUpdate>? source = null;
        try
        {
            string? answered = null;
            while (await NextAsync().ConfigureAwait(false))
            {
                ChatResponseUpdate update = stream.Pass(source!.Current);
                answered = update.ModelId ?? answered;
                yield return update;
                Activity.Current = activity;
            }

            span.Answered(answered);
            End();
            foreach (ChatResponseUpdate update in stream.End())
            {
                yield return update;
                Activity.Current = activity;
            }
        }
        finally
        {
            if (source is not null)
            {
                await source.DisposeAsync().ConfigureAwait(false);
            }

            End();
            stream.Settle();
        }

        async ValueTask<bool> NextAsync()
        {
            Activity.Current = span ?? activity;
            try
            {
                source ??= frontier.GetStreamingResponseAsync(messages, FallbackRequest.Options(options), cancellationToken).GetAsyncEnumerator(cancellationToken);
                return await source.MoveNextAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                Fail(e, model, span, logger);
                throw;
            }
        }

        // Stopping a span makes its parent current, which is not what is current for the reader of the stream.
        void End()
        {
            Activity? current = Activity.Current;
            span?.Dispose();
            Activity.Current = current;
        }
    }

    public static string? ModelOf(IChatClient client) => client.GetService<ChatClientMetadata>()?.DefaultModelId;

    private static void Fail(Exception exception, string? model, Activity? span, ILogger logger)
    {
        span.Failed(exception);
        logger.FrontierFailed(model, exception.GetType().Name);
    }
}
