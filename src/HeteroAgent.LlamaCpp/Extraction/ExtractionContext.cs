namespace HeteroAgent.LlamaCpp;

/// <summary>One model's native context for extraction: many requests, one sequence each, in one decode without the causal mask. Used by one thread.</summary>
internal sealed unsafe class ExtractionContext : IDisposable
{
    private readonly LlamaModel _model;
    private readonly ExtractionVocabulary _vocabulary;
    private readonly LlamaContextHandle _context;
    private readonly NativeBatch _batch;
    private readonly float[] _scratch;
    private readonly nint _memory;

    internal ExtractionContext(LlamaModel model, ExtractionVocabulary vocabulary, int tokens, int sequences)
    {
        _model = model;
        _vocabulary = vocabulary;
        Interop.LlamaContextParams parameters = Interop.Llama.llama_context_default_params();
        parameters.NCtx = (uint)tokens;
        parameters.NBatch = (uint)tokens;
        parameters.NUbatch = (uint)tokens;
        parameters.NSeqMax = (uint)sequences;
        parameters.NOutputsMax = (uint)tokens;
        parameters.NOutputsMaxPerSeq = (uint)tokens;

        // Threads of ggml wait for each other by spinning: several contexts on a thread each are faster than one on several.
        parameters.NThreads = 1;
        parameters.NThreadsBatch = 1;
        parameters.KvUnified = 1;

        // Fused attention sums in blocks that the batch shapes: without it a call hardly depends on its neighbours, and a single one is faster.
        parameters.FlashAttnType = Interop.Llama.FlashAttentionDisabled;
        parameters.NoPerf = 1;
        _context = LlamaContextHandle.Create(model.Handle, parameters, model.Path);
        Interop.Llama.llama_set_causal_attn(_context, false);
        _memory = Interop.Llama.llama_get_memory(_context);
        _batch = new NativeBatch(tokens);
        _scratch = new float[model.Vocabulary.Count];
    }

    /// <summary>Decodes the requests and adds what this model says of each to its scores.</summary>
    /// <exception cref="LlamaModelException">The native library failed.</exception>
    internal void Decode(IReadOnlyList<ExtractionRequest> requests, LabelScores[] scores, int model, bool asProbability)
    {
        Fill(requests, model);
        using (LlamaLog.Capture log = LlamaLog.BeginCapture())
        {
            int result = Interop.Llama.llama_decode(_context, _batch.Value);
            if (result != 0)
            {
                Interop.Llama.llama_memory_clear(_memory, data: false);
                throw new LlamaModelException(_model.Path, $"decoding {_batch.Count} tokens failed with code {result}: {log.Text("llama.cpp gave no reason")}");
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

        Interop.Llama.llama_memory_clear(_memory, data: false);
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

    private ReadOnlySpan<float> Logits(int index)
    {
        float* logits = Interop.Llama.llama_get_logits_ith(_context, index);
        return logits == null
            ? throw new LlamaModelException(_model.Path, $"llama.cpp gave no logits for position {index} of the batch.")
            : new ReadOnlySpan<float>(logits, _scratch.Length);
    }
}
