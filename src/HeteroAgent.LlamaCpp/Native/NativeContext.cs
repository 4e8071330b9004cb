using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>Creates native contexts.</summary>
internal static class NativeContext
{
    /// <summary>Creates a context; a failure carries what the native side logged.</summary>
    internal static SafeLLamaContextHandle Create(SafeLlamaModelHandle model, LLamaContextParams parameters, string modelPath)
    {
        using LlamaLog.Capture log = LlamaLog.BeginCapture();
        ReaderWriterLockSlim adapters = AdapterLocks.Of(model);
        adapters.EnterReadLock();
        SafeLLamaContextHandle context;
        try
        {
            context = SafeLLamaContextHandle.Create(model, parameters);
        }
        finally
        {
            adapters.ExitReadLock();
        }

        if (context.IsInvalid)
        {
            // LLamaSharp has referenced the model, and releases it with a valid context only.
            model.DangerousRelease();
            context.Dispose();
            throw new LlamaModelException(modelPath, $"a context of {parameters.n_ctx} tokens could not be created: {log.Text("the native library gave no reason; the memory may not suffice, so try a smaller ContextLength")}");
        }

        return context;
    }

    /// <summary>The parameters of a context that reads whole texts in one pass, a sequence each, with an output at every token.</summary>
    internal static LLamaContextParams OnePass(int tokens, int sequences, int threads, int batchThreads)
    {
        LLamaContextParams parameters = LLamaContextParams.Default();
        parameters.n_ctx = (uint)tokens;
        parameters.n_batch = (uint)tokens;
        parameters.n_ubatch = (uint)tokens;
        parameters.n_seq_max = (uint)sequences;
        parameters.n_outputs_max = (uint)tokens;
        parameters.n_threads = threads;
        parameters.n_threads_batch = batchThreads;
        parameters.kv_unified = true;
        parameters.no_perf = true;

        // Fused attention sums in blocks that the batch shapes: without it a text hardly depends on its neighbours, and a single one is faster.
        parameters.llama_flash_attn_type = LLamaFlashAttentionType.LLAMA_FLASH_ATTENTION_TYPE_DISABLED;
        return parameters;
    }

    /// <summary>Removes the tokens of a sequence from a position to another, -1 for its end; false where the model's memory cannot forget a part.</summary>
    internal static bool Remove(nint memory, int sequence, int from, int to) => NativeApi.llama_memory_seq_rm(memory, (LLamaSeqId)sequence, from, to);

    /// <summary>Lets a sequence share the first tokens of another.</summary>
    internal static void Copy(SafeLLamaContextHandle context, int source, int destination, int length) =>
        context.MemorySequenceCopy((LLamaSeqId)source, (LLamaSeqId)destination, 0, length);

    /// <summary>The logits at a position of the last batch.</summary>
    internal static unsafe ReadOnlySpan<float> Logits(SafeLLamaContextHandle context, int index, int vocabularySize, string modelPath)
    {
        float* logits = LlamaFunctions.llama_get_logits_ith(context, index);
        return logits == null
            ? throw new LlamaModelException(modelPath, $"llama.cpp gave no logits for position {index} of the batch.")
            : new ReadOnlySpan<float>(logits, vocabularySize);
    }
}
