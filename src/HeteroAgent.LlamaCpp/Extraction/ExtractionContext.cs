using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>One model's native context for extraction: many requests, one sequence each, in one decode without the causal mask. Used by one thread.</summary>
internal sealed class ExtractionContext : IDisposable
{
    private readonly LlamaModel _model;
    private readonly ExtractionVocabulary _vocabulary;
    private readonly SafeLLamaContextHandle _context;
    private readonly NativeBatch _batch;
    private readonly ReaderWriterLockSlim _adapters;
    private readonly float[] _scratch;
    private readonly nint _memory;

    internal ExtractionContext(LlamaModel model, ExtractionVocabulary vocabulary, int tokens, int sequences)
    {
        _model = model;
        _vocabulary = vocabulary;

        // Threads of ggml wait for each other by spinning: several contexts on a thread each are faster than one on several.
        _context = NativeContext.Create(model.Handle, NativeContext.OnePass(tokens, sequences, threads: 1, batchThreads: 1), model.Origin);
        _context.SetCausalAttention(false);
        _memory = LlamaFunctions.llama_get_memory(_context);
        _batch = new NativeBatch(tokens);
        _adapters = AdapterLocks.Of(model.Handle);
        _scratch = new float[model.Vocabulary.Count];
    }

    /// <summary>Decodes the requests and adds what this model says of each to its scores.</summary>
    /// <exception cref="LlamaModelException">The native library failed.</exception>
    internal void Decode(IReadOnlyList<ExtractionRequest> requests, LabelScores[] scores, int model, bool asProbability)
    {
        Fill(requests, model);
        using (LlamaLog.Capture log = LlamaLog.BeginCapture())
        {
            _adapters.EnterReadLock();
            int result = LlamaFunctions.llama_decode(_context, _batch.Value);
            _adapters.ExitReadLock();
            if (result != 0)
            {
                NativeApi.llama_memory_clear(_memory, data: false);
                throw new LlamaModelException(_model.Origin, $"decoding {_batch.Count} tokens failed with code {result}: {log.Text("llama.cpp gave no reason")}");
            }
        }

        int start = 0;
        for (int r = 0; r < requests.Count; r++)
        {
            EncodedRequest encoded = requests[r].Encoded[model];
            for (int word = 0; word < encoded.LastTokens.Length; word++)
            {
                scores[r].AddWord(word, Logits(start + encoded.LastTokens[word]), _vocabulary.LabelTokens, _scratch, asProbability);
            }

            int tool = start + encoded.ToolToken;
            scores[r].AddTool(Logits(tool), _vocabulary.ToolTokens, _scratch, asProbability);
            for (int slot = 0; slot < _vocabulary.AskTokens.Length; slot++)
            {
                scores[r].AddClosed(slot, Logits(tool + 1 + slot), _vocabulary.ValueTokens[slot], asProbability);
            }

            start += encoded.Tokens.Length;
        }

        NativeApi.llama_memory_clear(_memory, data: false);
    }

    public void Dispose()
    {
        _context.Dispose();
        _batch.Dispose();
    }

    private void Fill(IReadOnlyList<ExtractionRequest> requests, int model)
    {
        _batch.Clear();
        for (int r = 0; r < requests.Count; r++)
        {
            EncodedRequest encoded = requests[r].Encoded[model];
            int word = 0;
            for (int i = 0; i < encoded.Tokens.Length; i++)
            {
                bool endsWord = word < encoded.LastTokens.Length && encoded.LastTokens[word] == i;
                word += endsWord ? 1 : 0;
                _batch.Add(encoded.Tokens[i], i, r, endsWord || i >= encoded.ToolToken);
            }
        }
    }

    private ReadOnlySpan<float> Logits(int index) => NativeContext.Logits(_context, index, _scratch.Length, _model.Origin);
}
