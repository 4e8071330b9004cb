using System.Numerics.Tensors;
using HeteroAgent.LlamaCpp;
using LLama.Native;

namespace HeteroAgent.Benchmarks;

/// <summary>Labels tokenised requests with llama_decode and the largest logit of each word, and decodes no call.</summary>
internal sealed unsafe class RawExtraction : IDisposable
{
    private readonly LlamaModel _model;
    private readonly SafeLLamaContextHandle _context;
    private readonly NativeBatch _batch;
    private readonly nint _memory;

    internal RawExtraction(LlamaModel model, int tokens)
    {
        const int Sequences = 8;
        _model = model;
        _context = NativeContext.Create(model.Handle, NativeContext.OnePass(tokens, Sequences, threads: 1, batchThreads: 1), model.Origin);
        _context.SetCausalAttention(false);
        _memory = LlamaFunctions.llama_get_memory(_context);
        _batch = new NativeBatch(tokens);
    }

    /// <summary>Labels up to eight requests in one decode and returns a checksum of the labels.</summary>
    internal int Label(ReadOnlySpan<EncodedRequest> requests)
    {
        _batch.Clear();
        List<int> outputs = [];
        for (int r = 0; r < requests.Length; r++)
        {
            int[] tokens = requests[r].Tokens;
            for (int i = 0; i < tokens.Length; i++)
            {
                bool output = i == tokens.Length - 1 || requests[r].LastTokens.AsSpan().Contains(i);
                int index = _batch.Add(tokens[i], i, r, output);
                if (output)
                {
                    outputs.Add(index);
                }
            }
        }

        int result = LlamaFunctions.llama_decode(_context, _batch.Value);
        if (result != 0)
        {
            throw new InvalidOperationException($"llama_decode answered {result}.");
        }

        int sum = 0;
        foreach (int index in outputs)
        {
            sum += TensorPrimitives.IndexOfMax(new ReadOnlySpan<float>(LlamaFunctions.llama_get_logits_ith(_context, index), _model.VocabularySize));
        }

        NativeApi.llama_memory_clear(_memory, data: false);
        return sum;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _context.Dispose();
    }
}
