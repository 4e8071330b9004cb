using System.Text.Json.Nodes;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>node-llama-cpp's completion with its JSON-schema grammar, temperature 0 and no repeat penalty, on the same prompt tokens. It takes its time itself, so that the pipe is not part of it; its sequence keeps what it natively keeps of the last prompt.</summary>
/// <param name="node">The peer with the model loaded, which stays the caller's.</param>
internal sealed class NodeContender(NodeProcess node) : IContender
{
    internal const string Node = "node";

    public string Name => Node;

    public Task PrepareAsync(Request request) => Task.CompletedTask;

    public async Task<Answer> AnswerAsync(Request request, bool cold)
    {
        JsonObject answer = await node.AskAsync(new JsonObject
        {
            ["op"] = "ask",
            ["schema"] = JsonNode.Parse(request.SchemaKey),
            ["tokens"] = new JsonArray([.. request.Prompt.Select(t => JsonValue.Create(t))]),
            ["maxTokens"] = request.MaxTokens,
            ["cold"] = cold,
        }).ConfigureAwait(false);

        // The last token of the prompt counts as the first step of the answer there.
        int cached = Math.Max(0, request.Prompt.Count - 1 - (int)answer["evaluated"]!);
        return new Answer((double)answer["ms"]!, cached, new TokenCounts((int)answer["tokens"]!), (string)answer["text"]!);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
