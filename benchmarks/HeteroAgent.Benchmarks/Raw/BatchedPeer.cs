using System.Numerics.Tensors;
using HeteroAgent.LlamaCpp;
using LLama;
using LLama.Batched;
using LLama.Common;
using LLama.Native;

namespace HeteroAgent.Benchmarks;

/// <summary>LLamaSharp's <see cref="BatchedExecutor"/>, the way in which its users serve several requests at once, over its own load of the same weights and with the engine's context parameters. The largest of the logits that a conversation hands out is taken.</summary>
internal sealed class BatchedPeer : IDisposable
{
    private readonly LlamaModel _model;
    private readonly LLamaWeights _weights;
    private readonly BatchedExecutor _executor;

    internal BatchedPeer(LlamaModel model, int threads)
    {
        uint batch = (uint)SchedulerLimits.For(model).BatchSize;
        ModelParams parameters = new(model.Path!)
        {
            ContextSize = (uint)model.ContextLength,
            BatchSize = batch,
            UBatchSize = batch,
            SeqMax = (uint)SchedulerLimits.For(model).SequenceIds,
            Threads = threads,
            BatchThreads = threads,
            GpuLayerCount = model.Options.GpuLayers,
            LoadMode = model.Options.UseMemoryMapping ? LLamaLoadMode.MemoryMap : LLamaLoadMode.None,
        };
        _model = model;
        _weights = LLamaWeights.LoadFromFile(parameters);
        _executor = new BatchedExecutor(_weights, parameters);
    }

    /// <summary>Answers prompts together, each to its end or to the most tokens.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="maxTokens">The most tokens of each answer.</param>
    /// <param name="onFirst">Called when each has its first token.</param>
    /// <returns>The generated tokens.</returns>
    internal async Task<int> AnswerAsync(IReadOnlyList<IReadOnlyList<int>> prompts, int maxTokens, Action? onFirst = null)
    {
        Conversation[] conversations = [.. prompts.Select(_ => _executor.Create())];
        for (int i = 0; i < conversations.Length; i++)
        {
            conversations[i].Prompt(prompts[i].Select(t => (LLamaToken)t).ToArray());
        }

        // A prompt that did not fit into the first batch is ready only after a later one, and its logits stay until the next.
        List<(Conversation Conversation, int Token)> running = [];
        while (_executor.BatchedTokenCount > 0)
        {
            await InferAsync().ConfigureAwait(false);
            running.AddRange(conversations.Where(c => c.RequiresSampling).Select(c => (c, Greedy(c))));
        }

        onFirst?.Invoke();
        int generated = running.Count;
        for (int step = 1; step < maxTokens; step++)
        {
            running.RemoveAll(r => _model.Vocabulary.IsEndOfGeneration(r.Token));
            if (running.Count == 0)
            {
                break;
            }

            running.ForEach(r => r.Conversation.Prompt((LLamaToken)r.Token));
            await InferAsync().ConfigureAwait(false);
            for (int i = 0; i < running.Count; i++)
            {
                running[i] = (running[i].Conversation, Greedy(running[i].Conversation));
            }

            generated += running.Count;
        }

        Array.ForEach(conversations, c => c.Dispose());
        return generated;
    }

    public void Dispose()
    {
        _executor.Dispose();
        _weights.Dispose();
    }

    private static int Greedy(Conversation conversation) => TensorPrimitives.IndexOfMax(conversation.Sample());

    private async Task InferAsync()
    {
        DecodeResult result = await _executor.Infer().ConfigureAwait(false);
        if (result != DecodeResult.Ok)
        {
            throw new InvalidOperationException($"LLamaSharp's executor answered {result}.");
        }
    }
}
