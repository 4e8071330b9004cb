using System.Diagnostics;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>This library's chat client with the schema as its response format. Its time includes the chat template and the tokeniser, which the others are spared.</summary>
/// <param name="path">The model.</param>
/// <param name="threads">The threads.</param>
/// <param name="isolated">Whether it forgets all prompts before a cold answer, as the other contenders hold nothing but the current prompt; otherwise it keeps what it likes of earlier cases.</param>
internal sealed class EngineContender(string path, int threads, bool isolated) : IContender
{
    internal const string Isolated = "heteroagent";
    internal const string Served = "served";

    private LlamaModel? _model;
    private IChatClient? _client;

    public string Name => isolated ? Isolated : Served;

    public async Task PrepareAsync(Request request)
    {
        if (_model is not null)
        {
            return;
        }

        _model = await ModelLoading.LoadAsync(path, threads).ConfigureAwait(false);
        _client = _model.AsIChatClient();

        // The native context, its thread and the vocabulary's trie belong to loading.
        await _client.GetResponseAsync("1", new ChatOptions { ResponseFormat = ChatResponseFormat.Json, MaxOutputTokens = 8 }).ConfigureAwait(false);
    }

    public Task<Answer> AnswerAsync(Request request, bool cold)
    {
        if (cold && isolated)
        {
            _model!.Scheduler.ClearCache();
        }

        return AskAsync(_client!, request);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_model is not null)
        {
            await _model.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal static async Task<Answer> AskAsync(IChatClient client, Request request, LlamaSamplingOptions? sampling = null)
    {
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(request.Case.Schema), Temperature = 0, MaxOutputTokens = request.MaxTokens, RawRepresentationFactory = _ => sampling };
        ChatMessage[] messages = request.Case.Messages();
        try
        {
            long start = Stopwatch.GetTimestamp();
            ChatResponse response = await client.GetResponseAsync(messages, options).ConfigureAwait(false);
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            return new Answer(milliseconds, (int)(response.Usage?.CachedInputTokenCount ?? 0), Counts(response), response.Text);
        }
        catch (Exception e) when (e is JsonSchemaException or ArgumentException or ContextOverflowException or ExtractionException)
        {
            throw new ContenderException(e.Message, e);
        }
    }

    private static TokenCounts Counts(ChatResponse response)
    {
        int output = (int)(response.Usage?.OutputTokenCount ?? 0);
        if (response.GetConfidence()?.Choices is not null)
        {
            return new TokenCounts(0, Scored: output);
        }

        int forced = Count("ForcedTokenCount");
        int drafted = Count("DraftedTokenCount");
        return new TokenCounts(output - forced - drafted, forced, drafted);

        int Count(string key) => response.Usage?.AdditionalCounts?.TryGetValue(key, out long count) == true ? (int)count : 0;
    }
}
