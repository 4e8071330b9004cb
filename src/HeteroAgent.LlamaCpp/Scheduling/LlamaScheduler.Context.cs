using LLama.Native;

namespace HeteroAgent.LlamaCpp;

internal sealed partial class LlamaScheduler
{
    private readonly SchedulerLimits _limits;
    private readonly SafeLLamaContextHandle _context;
    private readonly nint _memory;
    private readonly NativeBatch _batch;
    private readonly float[] _scratch;
    private readonly ThreadGovernor _governor;

    private static SafeLLamaContextHandle CreateContext(LlamaModel model, SchedulerLimits limits)
    {
        LLamaContextParams parameters = LLamaContextParams.Default();
        parameters.n_ctx = (uint)model.ContextLength;
        parameters.n_batch = (uint)limits.BatchCapacity;
        parameters.n_ubatch = (uint)limits.Chunk;
        parameters.n_seq_max = (uint)limits.SequenceIds;
        parameters.n_outputs_max = (uint)limits.Outputs;
        parameters.n_threads = model.Threads;
        parameters.n_threads_batch = model.BatchThreads;
        parameters.kv_unified = true;
        parameters.no_perf = true;
        return NativeContext.Create(model.Handle, parameters, model.Origin);
    }

    private ReadOnlySpan<float> Logits(int index) => NativeContext.Logits(_context, index, _model.Vocabulary.Count, _model.Origin);
}
