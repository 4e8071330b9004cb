namespace HeteroAgent.LlamaCpp;

/// <summary>A tuning set cannot be used. The message says what was found and what would be accepted.</summary>
public sealed class TuningSetException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">What is wrong.</param>
    /// <param name="message">The message.</param>
    /// <param name="rejected">The lines that were not used, if any.</param>
    /// <param name="overlaps">The prompts that stand on both sides, if any.</param>
    public TuningSetException(TuningSetError error, string message, IReadOnlyList<RejectedLine>? rejected = null, IReadOnlyList<TuningOverlap>? overlaps = null)
        : base(message)
    {
        Error = error;
        Rejected = rejected ?? [];
        Overlaps = overlaps ?? [];
    }

    /// <summary>Gets what is wrong.</summary>
    public TuningSetError Error { get; }

    /// <summary>Gets the lines that were not used, with the reasons.</summary>
    public IReadOnlyList<RejectedLine> Rejected { get; }

    /// <summary>Gets the prompts that stand on both sides of a split.</summary>
    public IReadOnlyList<TuningOverlap> Overlaps { get; }
}
