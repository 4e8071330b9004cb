namespace HeteroAgent.LlamaCpp;

/// <summary>The sizes that a scheduler's context is created with.</summary>
internal sealed record SchedulerLimits(int MaxConcurrent, int Sequences, int ScoringSequences, int BatchSize)
{
    /// <summary>Sequence ids in all: those of requests and kept prefixes, and behind them those for scoring choices.</summary>
    internal int SequenceIds => Sequences + ScoringSequences;

    internal static SchedulerLimits For(LlamaModel model)
    {
        // As many sequences are kept for reuse as may run at once.
        int concurrent = model.Options.MaxConcurrentRequests;
        const int Scoring = 64;
        return new SchedulerLimits(concurrent, 2 * concurrent, Scoring, model.Options.BatchSize);
    }
}
