using System.Numerics.Tensors;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>The loop that everybody writes first: llama_decode and the largest logit, over the same weights and with the same context parameters as the engine.</summary>
internal sealed unsafe class RawContext : IDisposable
{
    private readonly LlamaModel _model;
    private readonly LlamaContextHandle _context;
    private readonly NativeBatch _batch;
    private readonly nint _memory;

    internal RawContext(LlamaModel model, int threads)
    {
        SchedulerLimits limits = SchedulerLimits.For(model);
        Interop.LlamaContextParams parameters = Interop.Llama.llama_context_default_params();
        parameters.NCtx = (uint)model.ContextLength;
        parameters.NBatch = (uint)limits.BatchSize;
        parameters.NUbatch = (uint)limits.BatchSize;
        parameters.NSeqMax = (uint)limits.SequenceIds;
        parameters.NOutputsMax = (uint)limits.BatchSize;
        parameters.NOutputsMaxPerSeq = parameters.NOutputsMax;
        parameters.NThreads = threads;
        parameters.NThreadsBatch = threads;
        parameters.KvUnified = 1;
        parameters.NoPerf = 1;
        _model = model;
        _context = LlamaContextHandle.Create(model.Handle, parameters, model.Path);
        _memory = Interop.Llama.llama_get_memory(_context);
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
        Interop.Llama.llama_set_adapters_lora(_context, &pointer, adapter is null ? 0u : 1u, &scale);
    }

    internal void Clear() => Interop.Llama.llama_memory_clear(_memory, data: false);

    /// <summary>Forgets a sequence from a position on.</summary>
    internal void Truncate(int sequence, int length) => Interop.Llama.llama_memory_seq_rm(_memory, sequence, length, -1);

    internal int Add(int token, int position, int sequence, bool output) => _batch.Add(token, position, sequence, output);

    internal void Decode()
    {
        int result = Interop.Llama.llama_decode(_context, _batch.Value);
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
        new(Interop.Llama.llama_get_logits_ith(_context, index), _model.VocabularySize);

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
