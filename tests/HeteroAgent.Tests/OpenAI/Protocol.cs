using System.Text.Json.Nodes;

namespace HeteroAgent.Tests;

/// <summary>Answers as OpenAI's documentation shows them.</summary>
internal static class Protocol
{
    public const string Usage = """{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":7},"completion_tokens_details":{"reasoning_tokens":2}}""";

    public static string Completion(string? text, string finish = "stop", string? toolCalls = null, string? logprobs = null) =>
        $$"""
        {"id":"chatcmpl-123","object":"chat.completion","created":1741569952,"model":"gpt-4.1-2025-04-14",
         "choices":[{"index":0,"message":{"role":"assistant","content":{{Text(text)}},"refusal":null{{(toolCalls is null ? "" : ",\"tool_calls\":" + toolCalls)}}},"logprobs":{{logprobs ?? "null"}},"finish_reason":"{{finish}}"}],
         "usage":{{Usage}}}
        """;

    public static string Chunk(string delta, string? finish = null) =>
        $$"""{"id":"chatcmpl-123","object":"chat.completion.chunk","created":1741569952,"model":"gpt-4.1-2025-04-14","choices":[{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{(finish is null ? "null" : $"\"{finish}\"")}}}]}""";

    public static string Text(string? text) => text is null ? "null" : JsonValue.Create(text).ToJsonString();

    /// <summary>The chunks of a text, one word each, with usage and the end mark.</summary>
    public static IEnumerable<string> Stream(string text, string finish = "stop") =>
    [
        Chunk("""{"role":"assistant","content":""}"""),
        .. text.Split(' ').Select((w, i) => Chunk($$"""{"content":{{Text(i == 0 ? w : " " + w)}}}""")),
        Chunk("{}", finish),
        UsageChunk,
        "[DONE]",
    ];

    public static string UsageChunk => $$"""{"id":"chatcmpl-123","object":"chat.completion.chunk","created":1741569952,"model":"gpt-4.1-2025-04-14","choices":[],"usage":{{Usage}}}""";
}
