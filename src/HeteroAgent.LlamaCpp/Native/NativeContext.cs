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
