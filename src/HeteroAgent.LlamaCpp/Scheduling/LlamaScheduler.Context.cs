namespace HeteroAgent.LlamaCpp;

internal sealed partial class LlamaScheduler
{
    private readonly SchedulerLimits _limits;
    private readonly LlamaContextHandle _context;
    private readonly nint _memory;
    private readonly NativeBatch _batch;
    private readonly float[] _scratch;
    private readonly ThreadGovernor _governor;

    private static LlamaContextHandle CreateContext(LlamaModel model, SchedulerLimits limits)
    {
        Interop.LlamaContextParams parameters = Interop.Llama.llama_context_default_params();
        parameters.NCtx = (uint)model.ContextLength;
        parameters.NBatch = (uint)limits.BatchCapacity;
        parameters.NUbatch = (uint)limits.Chunk;
        parameters.NSeqMax = (uint)limits.SequenceIds;
        parameters.NOutputsMax = (uint)limits.Outputs;
        parameters.NOutputsMaxPerSeq = parameters.NOutputsMax;
        parameters.NThreads = model.Threads;
        parameters.NThreadsBatch = model.BatchThreads;
        parameters.KvUnified = 1;
        parameters.NoPerf = 1;
        return LlamaContextHandle.Create(model.Handle, parameters, model.Path);
    }

    private unsafe ReadOnlySpan<float> Logits(int index)
    {
        float* logits = Interop.Llama.llama_get_logits_ith(_context, index);
        return logits == null
            ? throw new LlamaModelException(_model.Path, $"llama.cpp gave no logits for position {index} of the batch.")
            : new ReadOnlySpan<float>(logits, _model.Vocabulary.Count);
    }
}
