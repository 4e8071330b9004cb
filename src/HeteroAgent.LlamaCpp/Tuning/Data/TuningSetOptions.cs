namespace HeteroAgent.LlamaCpp;

/// <summary>How a tuning set is read.</summary>
public sealed class TuningSetOptions
{
    /// <summary>Gets or sets the fewest usable examples that make a set; fewer are a <see cref="TuningSetException"/>.</summary>
    /// <value>Default 2: from one example nothing general can be learnt. At least 1.</value>
    public int MinExamples { get; set; } = 2;

    /// <summary>Gets or sets the most bytes that a line may have. A longer one is passed over without being kept in memory, and reported.</summary>
    /// <value>Default 16,777,216 (16 MiB). At least 1.</value>
    public int MaxLineBytes { get; set; } = 16 << 20;

    /// <summary>Gets or sets how deep a line's JSON may be nested.</summary>
    /// <value>Default 64. At least 1.</value>
    public int MaxDepth { get; set; } = 64;

    /// <summary>Gets or sets whether a line that says the same as an earlier one is used as well.</summary>
    /// <value>Default <see langword="false"/>, as for training; set it to measure on a benchmark as it is.</value>
    public bool KeepDuplicates { get; set; }

    internal TuningSetOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MinExamples, 1, nameof(MinExamples));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLineBytes, 1, nameof(MaxLineBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDepth, 1, nameof(MaxDepth));
        return this;
    }
}
