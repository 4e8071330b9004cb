using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>What a reasoning trace is made of by default, taken from a conversation and its answer.</summary>
internal static class TraceBuilder
{
    public static bool CapturesContent { get; } =
        string.Equals(Environment.GetEnvironmentVariable("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"), "true", StringComparison.OrdinalIgnoreCase);

    public static string Question(IReadOnlyList<ChatMessage> messages) => LastUser(messages) is { } index and >= 0
        ? string.Concat(messages[index].Contents.OfType<TextContent>().Where(static c => !PassagePrompt.IsPassages(c)).Select(static c => c.Text))
        : "";

    public static IReadOnlyList<string> Context(IReadOnlyList<ChatMessage> messages, ChatResponse response) =>
        [.. Passages(response).Concat(Conversation(messages)).Where(static t => !string.IsNullOrWhiteSpace(t)).Distinct(StringComparer.Ordinal)];

    public static bool CallsTools(ChatResponse response) =>
        response.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Any(static c => !c.InformationalOnly);

    public static async ValueTask<VerificationResult> VerifyAsync(IProcessVerifier verifier, ReasoningTrace trace, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        VerificationResult result = await verifier.VerifyAsync(trace, cancellationToken).ConfigureAwait(false);
        Telemetry.Verified(Stopwatch.GetElapsedTime(start), VerificationStamp.Label(result));
        return result.Steps.Count == trace.Steps.Count ? result
            : throw new InvalidOperationException($"{verifier.GetType().Name} returned {result.Steps.Count} scores for {trace.Steps.Count} steps; a verifier gives one a step.");
    }

    private static IEnumerable<string> Passages(ChatResponse response) =>
        response.GetPassages().Select(static p => p.Title + "\n" + p.Text)
            .Concat(response.Messages.SelectMany(static m => m.Contents).SelectMany(static c => c.Annotations ?? []).OfType<CitationAnnotation>().Select(static c => c.Snippet ?? ""));

    // What the model wrote itself in an earlier turn grounds nothing.
    private static IEnumerable<string> Conversation(IReadOnlyList<ChatMessage> messages)
    {
        int question = LastUser(messages);
        return messages.SelectMany((m, i) => m.Contents.Where(c => i == question ? PassagePrompt.IsPassages(c) : m.Role != ChatRole.Assistant))
            .Select(static c => c switch
            {
                TextContent text => text.Text,
                FunctionResultContent result => result.Result?.ToString() ?? "",
                _ => "",
            });
    }

    private static int LastUser(IReadOnlyList<ChatMessage> messages)
    {
        for (int i = messages.Count - 1; i >= 0; i--)
        {
            if (messages[i].Role == ChatRole.User)
            {
                return i;
            }
        }

        return -1;
    }
}
