using System.Diagnostics;
using System.Text;
using LLama;
using LLama.Common;
using LLama.Exceptions;
using LLama.Native;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>LLamaSharp's <see cref="StatelessExecutor"/> on the prompt's text, control tokens read as such, with the schema's grammar in its default pipeline. It makes a context for each answer and keeps nothing of a prompt.</summary>
/// <param name="model">The weights, which stay the caller's.</param>
internal sealed class ExecutorContender(LlamaSharpModel model) : IContender
{
    internal const string Executor = "llamasharp";

    private StatelessExecutor? _executor;

    public string Name => Executor;

    public async Task PrepareAsync(Request request)
    {
        await model.PrepareAsync(request).ConfigureAwait(false);
        _executor ??= new StatelessExecutor(model.Weights, model.Parameters);
        LLamaToken[] tokens = model.Weights.Tokenize(request.PromptText, add_bos: true, special: true, Encoding.UTF8);
        if (!tokens.Select(t => (int)t).SequenceEqual(request.Prompt))
        {
            throw new ContenderException("LLamaSharp splits the prompt into other tokens.");
        }
    }

    public async Task<Answer> AnswerAsync(Request request, bool cold)
    {
        StringBuilder text = new();
        int generated = 0;
        try
        {
            long start = Stopwatch.GetTimestamp();
            InferenceParams parameters = new() { MaxTokens = request.MaxTokens, SamplingPipeline = model.Pipeline(request) };
            await foreach (string piece in _executor!.InferAsync(request.PromptText, parameters).ConfigureAwait(false))
            {
                text.Append(piece);
                generated++;
            }

            // The token that ends an answer is not handed out.
            int ended = generated < request.MaxTokens ? 1 : 0;
            return new Answer(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 0, new TokenCounts(generated + ended), text.ToString());
        }
        catch (RuntimeError e)
        {
            throw new ContenderException(e.Message, e);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
