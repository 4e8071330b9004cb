using LLama.Native;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>llama.cpp without the engine: one context, one adapter or none, one prompt at a time.</summary>
internal sealed unsafe class RawAdapterContext : IDisposable
{
    private readonly LlamaModel _model;
    private readonly SafeLLamaContextHandle _context;

    internal RawAdapterContext(LlamaModel model, LlamaAdapter? adapter)
    {
        LLamaContextParams parameters = LLamaContextParams.Default();
        parameters.n_ctx = (uint)model.ContextLength;
        parameters.n_threads = 1;
        parameters.n_threads_batch = 1;
        _model = model;
        _context = NativeContext.Create(model.Handle, parameters, model.Origin);
        if (adapter is not null)
        {
            nint pointer = adapter.Handle.DangerousGetHandle();
            float scale = 1;
            LlamaFunctions.llama_set_adapters_lora(_context, &pointer, 1, &scale);
        }
    }

    /// <summary>The log-probabilities of what follows the tokens.</summary>
    internal float[] Next(IReadOnlyList<int> tokens)
    {
        NativeApi.llama_memory_clear(LlamaFunctions.llama_get_memory(_context), data: true);
        using NativeBatch batch = new(tokens.Count);
        for (int i = 0; i < tokens.Count; i++)
        {
            batch.Add(tokens[i], i, 0, output: i == tokens.Count - 1);
        }

        if (LlamaFunctions.llama_decode(_context, batch.Value) != 0)
        {
            throw new InvalidOperationException("llama_decode failed.");
        }

        float[] logits = new ReadOnlySpan<float>(LlamaFunctions.llama_get_logits_ith(_context, tokens.Count - 1), _model.VocabularySize).ToArray();
        double normaliser = Math.Log(logits.Sum(l => Math.Exp(l)));
        return [.. logits.Select(l => (float)(l - normaliser))];
    }

    public void Dispose() => _context.Dispose();
}
