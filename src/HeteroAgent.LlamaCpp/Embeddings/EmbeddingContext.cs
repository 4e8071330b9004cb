using System.Globalization;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>A model's native context for embeddings: many texts, one sequence each, in one pass. Used by one thread.</summary>
internal sealed unsafe class EmbeddingContext : IDisposable
{
    private readonly LlamaModel _model;
    private readonly SafeLLamaContextHandle _context;
    private readonly NativeBatch _batch;
    private readonly ThreadGovernor _governor;
    private readonly nint _memory;

    internal EmbeddingContext(LlamaModel model, int tokens, int sequences)
    {
        _model = model;
        // Pooling sees one physical batch at a time, so that a text must not be parted.
        LLamaContextParams parameters = NativeContext.OnePass(tokens, sequences, model.Threads, model.BatchThreads);
        parameters.embeddings = true;
        if (!StatesPooling(model))
        {
            parameters.llama_pooling_type = LLamaPoolingType.Mean;
        }

        _context = NativeContext.Create(model.Handle, parameters, model.Origin);
        _memory = LlamaFunctions.llama_get_memory(_context);
        _batch = new NativeBatch(tokens);
        _governor = new ThreadGovernor(model.Threads, model.BatchThreads);
    }

    /// <summary>The raw vectors of the texts.</summary>
    /// <exception cref="LlamaModelException">The native library failed.</exception>
    internal float[][] Run(IReadOnlyList<EmbeddingRequest> requests)
    {
        _batch.Clear();
        for (int r = 0; r < requests.Count; r++)
        {
            for (int i = 0; i < requests[r].Tokens.Length; i++)
            {
                _batch.Add(requests[r].Tokens[i], i, r, output: true);
            }
        }

        Decode();
        try
        {
            return [.. Enumerable.Range(0, requests.Count).Select(Vector)];
        }
        finally
        {
            Clear();
        }
    }

    public void Dispose()
    {
        _context.Dispose();
        _batch.Dispose();
    }

    private static bool StatesPooling(LlamaModel model) =>
        int.TryParse(model.Metadata($"{model.Architecture}.pooling_type"), NumberStyles.Integer, CultureInfo.InvariantCulture, out int stated) && stated > 0;

    private void Decode()
    {
        using LlamaLog.Capture log = LlamaLog.BeginCapture();

        // A model without memory, such as bert, has nothing to decode.
        int result = _governor.Run(_context, _batch, encode: _memory == 0);
        if (result != 0)
        {
            Clear();
            throw new LlamaModelException(_model.Origin, $"embedding {_batch.Count} tokens failed with code {result}: {log.Text("llama.cpp gave no reason")}");
        }
    }

    private float[] Vector(int sequence)
    {
        float* vector = LlamaFunctions.llama_get_embeddings_seq(_context, sequence);
        return vector == null
            ? throw new LlamaModelException(_model.Origin, "llama.cpp gave no embedding: the model's pooling may not be supported.")
            : new ReadOnlySpan<float>(vector, LlamaFunctions.llama_model_n_embd_out(_model.Handle)).ToArray();
    }

    private void Clear()
    {
        if (_memory != 0)
        {
            NativeApi.llama_memory_clear(_memory, data: false);
        }
    }
}
