namespace HeteroAgent.LlamaCpp;

/// <summary>The sizes that a scheduler's context is created with.</summary>
internal sealed record SchedulerLimits(int MaxConcurrent, int Sequences, int ScoringSequences, int BatchSize, bool OnCpu)
{
    private const int MostScoringNodes = 128;

    // From 64 queries on, ggml's CPU attention works in tiles over the cache's cells, so that the rounding of a sequence
    // depends on where its neighbours' cells lie. Below, every query walks its own cells in order: the same numbers to
    // the last bit, with and without neighbours.
    private const int ExactChunk = 63;

    /// <summary>Sequence ids in all: those of requests and kept prefixes, and behind them those for scoring choices.</summary>
    internal int SequenceIds => Sequences + ScoringSequences;

    /// <summary>The most tokens of one step: each request that generates has its place, however small the batch.</summary>
    internal int BatchCapacity => Math.Max(BatchSize, MaxConcurrent);

    /// <summary>The most tokens that llama.cpp computes at once: a step of more is done in chunks of this size.</summary>
    internal int Chunk => OnCpu ? Math.Min(BatchCapacity, ExactChunk) : BatchCapacity;

    /// <summary>The most rows of logits of one step. llama.cpp ends the process where that is less than one a sequence, used or not.</summary>
    internal int Outputs => Math.Max(ScoringNodes, SequenceIds);

    /// <summary>The most tokens of one tree of choices, each of which yields a row of logits.</summary>
    internal int ScoringNodes => Math.Min(BatchCapacity, MostScoringNodes);

    internal static SchedulerLimits For(LlamaModel model)
    {
        // As many sequences are kept for reuse as may run at once.
        int concurrent = model.Options.MaxConcurrentRequests;
        const int Scoring = 64;
        return new SchedulerLimits(concurrent, 2 * concurrent, Scoring, model.Options.BatchSize, model.Backend == "CPU");
    }
}
