using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Assistant;

/// <summary>A stand-in for a frontier model: it answers every request of the data with the labelled call, so it is always right, and costs what a real one would by an estimate of its tokens.</summary>
/// <remarks>The estimate counts four characters a token, over everything that a real model would be sent (instructions, the tools' schemas, the request) and the call that it would write. Prompt caching is not assumed.</remarks>
internal sealed class RecordedFrontier(string model, IEnumerable<LabeledRequest> requests) : IChatClient
{
    private const double CharactersPerToken = 4;
    private readonly Dictionary<string, ToolCall> _calls = requests.DistinctBy(r => r.Request).ToDictionary(r => r.Request, r => r.Gold);
    private readonly ChatClientMetadata _metadata = new("recorded", providerUri: null, model);

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ChatMessage[] sent = [.. messages];
        ToolCall call = _calls.GetValueOrDefault(sent[^1].Text) ?? throw new AssistantException("the recorded frontier knows only the requests of the data; name a real one with --frontier anthropic or --frontier openai:<url>.");
        Dictionary<string, object?> args = call.Args.GroupBy(a => a.Name).ToDictionary(a => a.Key, a => (object?)a.Last().Value);
        string id = Guid.NewGuid().ToString("N");
        int input = sent.Sum(m => m.Text.Length) + (options?.Tools?.OfType<AIFunctionDeclaration>().Sum(Length) ?? 0);
        UsageDetails usage = new() { InputTokenCount = Tokens(input), OutputTokenCount = Tokens(call.ToString().Length) };
        usage.TotalTokenCount = usage.InputTokenCount + usage.OutputTokenCount;
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [new FunctionCallContent($"call_{id}", call.Tool, args)]) { MessageId = $"msg_{id}" })
        {
            ResponseId = $"recorded_{id}",
            ModelId = model,
            CreatedAt = DateTimeOffset.UtcNow,
            FinishReason = ChatFinishReason.ToolCalls,
            Usage = usage,
        });
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (ChatResponseUpdate update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? _metadata : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private static int Length(AIFunctionDeclaration tool) => tool.Name.Length + tool.Description.Length + JsonSerializer.Serialize(tool.JsonSchema).Length;

    private static long Tokens(int characters) => (long)Math.Ceiling(characters / CharactersPerToken);
}
