using LLama.Native;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>llama.cpp without the engine: one context and one sequence that grows.</summary>
internal sealed unsafe class RawContext : IDisposable
{
    private readonly LlamaModel _model;
    private readonly SafeLLamaContextHandle _context;
    private int _length;

    internal RawContext(LlamaModel model)
    {
        LLamaContextParams parameters = LLamaContextParams.Default();
        parameters.n_ctx = (uint)model.ContextLength;
        parameters.n_ubatch = 63;
        parameters.n_threads = 1;
        parameters.n_threads_batch = 1;
        _model = model;
        _context = NativeContext.Create(model.Handle, parameters, model.Origin);
    }

    internal void Clear()
    {
        NativeApi.llama_memory_clear(LlamaFunctions.llama_get_memory(_context), data: true);
        _length = 0;
    }

    /// <summary>The logits behind more tokens.</summary>
    internal float[] Next(params int[] tokens)
    {
        using NativeBatch batch = new(tokens.Length);
        for (int i = 0; i < tokens.Length; i++)
        {
            batch.Add(tokens[i], _length++, 0, output: i == tokens.Length - 1);
        }

        return LlamaFunctions.llama_decode(_context, batch.Value) == 0
            ? new ReadOnlySpan<float>(LlamaFunctions.llama_get_logits_ith(_context, tokens.Length - 1), _model.VocabularySize).ToArray()
            : throw new InvalidOperationException("llama_decode failed.");
    }

    public void Dispose() => _context.Dispose();
}
