using System.Diagnostics;
using LLama;
using LLama.Batched;
using LLama.Native;
using LLama.Sampling;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>A conversation of LLamaSharp's <see cref="BatchedExecutor"/> on the prompt's tokens, with the schema's grammar in its default pipeline. What it keeps of a prompt are the prompt's cells, to which it is rewound.</summary>
/// <param name="model">The weights, which become this object's.</param>
internal sealed class ConversationContender(LlamaSharpModel model) : IContender
{
    internal const string Batched = "llamasharp_batched";

    private BatchedExecutor? _executor;
    private Conversation? _conversation;

    public string Name => Batched;

    public async Task PrepareAsync(Request request)
    {
        await model.PrepareAsync(request).ConfigureAwait(false);
        _executor ??= new BatchedExecutor(model.Weights, model.Parameters);
    }

    public async Task<Answer> AnswerAsync(Request request, bool cold)
    {
        int cached = cold ? 0 : request.Prompt.Count - 1;
        LLamaToken[] prompt = [.. request.Prompt.Skip(cached).Select(t => (LLamaToken)t)];
        StreamingTokenDecoder decoder = new(_executor!.Context);
        long start = Stopwatch.GetTimestamp();
        DefaultSamplingPipeline pipeline = model.Pipeline(request);
        Conversation conversation = Start(cached);
        conversation.Prompt(prompt.AsSpan());
        int generated = 0;
        while (true)
        {
            while (conversation.RequiresInference)
            {
                await InferAsync().ConfigureAwait(false);
            }

            LLamaToken token = conversation.Sample(pipeline);
            generated++;
            if (token.IsEndOfGeneration(model.Weights.Vocab))
            {
                break;
            }

            decoder.Add(token);
            if (generated == request.MaxTokens)
            {
                break;
            }

            conversation.Prompt(token);
        }

        string text = decoder.Read();
        return new Answer(Stopwatch.GetElapsedTime(start).TotalMilliseconds, cached, new TokenCounts(generated), text);
    }

    public ValueTask DisposeAsync()
    {
        _conversation?.Dispose();
        _executor?.Dispose();
        model.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The conversation of the answer before, rewound to its cached tokens, or a new one where there are none.</summary>
    private Conversation Start(int cached)
    {
        if (cached == 0 || _conversation is null)
        {
            _conversation?.Dispose();
            return _conversation = _executor!.Create();
        }

        _conversation.Rewind(_conversation.TokenCount - cached);
        return _conversation;
    }

    private async Task InferAsync()
    {
        DecodeResult result = await _executor!.Infer().ConfigureAwait(false);
        if (result != DecodeResult.Ok)
        {
            throw new ContenderException($"LLamaSharp's executor answered {result}.");
        }
    }
}
