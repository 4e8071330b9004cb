namespace HeteroAgent.LlamaCpp;

/// <summary>Estimates what a training needs before it starts, and refuses it where there is less.</summary>
internal static class TrainingMemory
{
    /// <summary>The bytes of a training.</summary>
    /// <param name="parameters">The numbers that are trained.</param>
    /// <param name="options">Threads, average and tokens at once.</param>
    /// <param name="numbersPerToken">The numbers that a token's forward pass keeps.</param>
    /// <param name="longest">The tokens of the longest example.</param>
    /// <param name="vocabulary">The size of the vocabulary: 128 rows of logits are held.</param>
    internal static long Estimate(long parameters, TuningOptions options, long numbersPerToken, int longest, int vocabulary)
    {
        // Values, two moments, the best values, the average, and a gradient a thread.
        long vectors = 3 + (options.Patience is null ? 0 : 1) + (options.AverageDecay > 0 ? 1 : 0) + options.ThreadCount;
        long tokens = Math.Max(options.TokensAtOnce, longest);
        return sizeof(float) * ((parameters * vectors) + (options.ThreadCount * ((tokens * numbersPerToken) + (2L * longest * longest) + (128L * vocabulary))));
    }

    /// <summary>The numbers that a token's forward pass keeps, with room for a block's backward pass.</summary>
    internal static long NumbersPerToken(TransformerShape shape)
    {
        long block = (2L * shape.QueryWidth) + (2L * shape.KeyWidth) + (2L * shape.Width) + (2L * shape.FeedForward) + (shape.AttentionNorms ? shape.QueryWidth + shape.KeyWidth : 0);
        return (shape.Layers * block) + (4L * shape.Width) + (3L * shape.FeedForward) + (2L * shape.QueryWidth);
    }

    /// <exception cref="TuningException">There is less memory than that.</exception>
    internal static void Require(long bytes, string what)
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        long free = memory.TotalAvailableMemoryBytes - GC.GetTotalMemory(forceFullCollection: false);
        Require(bytes, free, what);
    }

    internal static void Require(long bytes, long free, string what)
    {
        if (bytes > free)
        {
            throw new TuningException(TuningFailure.OutOfMemory, $"{what} needs about {Megabytes(bytes)} MB and {Megabytes(free)} MB are free: {Megabytes(bytes - free)} MB are missing. A lower TokensAtOnce, fewer Threads, or a smaller model needs less.");
        }
    }

    private static long Megabytes(long bytes) => (bytes + 999_999) / 1_000_000;
}
