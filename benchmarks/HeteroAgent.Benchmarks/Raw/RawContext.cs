using System.Numerics.Tensors;
using HeteroAgent.LlamaCpp;
using LLama.Native;

namespace HeteroAgent.Benchmarks;

/// <summary>The loop that everybody writes first: llama_decode and the largest logit, over the same weights and with the same context parameters as the engine.</summary>
internal sealed unsafe class RawContext : IDisposable
{
    private readonly LlamaModel _model;
    private readonly SafeLLamaContextHandle _context;
    private readonly NativeBatch _batch;
    private readonly nint _memory;

    internal RawContext(LlamaModel model, int threads)
    {
        SchedulerLimits limits = SchedulerLimits.For(model);
        LLamaContextParams parameters = LLamaContextParams.Default();
        parameters.n_ctx = (uint)model.ContextLength;
        parameters.n_batch = (uint)limits.BatchSize;
        parameters.n_ubatch = (uint)limits.BatchSize;
        parameters.n_seq_max = (uint)limits.SequenceIds;
        parameters.n_outputs_max = (uint)limits.BatchSize;
        parameters.n_threads = threads;
        parameters.n_threads_batch = threads;
        parameters.kv_unified = true;
        parameters.no_perf = true;
        _model = model;
        _context = NativeContext.Create(model.Handle, parameters, model.Origin);
        _memory = LlamaFunctions.llama_get_memory(_context);
        BatchSize = limits.BatchSize;
        _batch = new NativeBatch(BatchSize);
    }

    internal int BatchSize { get; }

    internal int Count => _batch.Count;

    /// <summary>Sets the adapter of later decodes.</summary>
    internal void Use(LlamaAdapter? adapter)
    {
        nint pointer = adapter?.Handle.DangerousGetHandle() ?? 0;
        float scale = 1;
        LlamaFunctions.llama_set_adapters_lora(_context, &pointer, adapter is null ? 0u : 1u, &scale);
    }

    internal void Clear() => NativeApi.llama_memory_clear(_memory, data: false);

    /// <summary>Forgets a sequence from a position on.</summary>
    internal void Truncate(int sequence, int length) => NativeContext.Remove(_memory, sequence, length, -1);

    internal int Add(int token, int position, int sequence, bool output) => _batch.Add(token, position, sequence, output);

    internal void Decode()
    {
        int result = LlamaFunctions.llama_decode(_context, _batch.Value);
        if (result != 0)
        {
            throw new InvalidOperationException($"llama_decode answered {result}.");
        }

        _batch.Clear();
    }

    /// <summary>The most likely token behind an entry of the last batch.</summary>
    internal int Greedy(int index) => TensorPrimitives.IndexOfMax(Logits(index));

    /// <summary>The logits behind an entry of the last batch.</summary>
    internal ReadOnlySpan<float> Logits(int index) =>
        new(LlamaFunctions.llama_get_logits_ith(_context, index), _model.VocabularySize);

    /// <summary>Decodes a prompt in chunks and returns the first token of the answer.</summary>
    internal int Prefill(IReadOnlyList<int> tokens, int from, int sequence) => Greedy(Decode(tokens, from, sequence));

    /// <summary>Decodes tokens in chunks and returns the index of the last one in the last batch.</summary>
    internal int Decode(IReadOnlyList<int> tokens, int from, int sequence)
    {
        int index = -1;
        for (int i = from; i < tokens.Count; i++)
        {
            index = Add(tokens[i], i, sequence, output: i == tokens.Count - 1);
            if (Count == BatchSize || i == tokens.Count - 1)
            {
                Decode();
            }
        }

        return index;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _context.Dispose();
    }
}
