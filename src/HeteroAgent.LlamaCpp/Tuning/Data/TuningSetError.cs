namespace HeteroAgent.LlamaCpp;

/// <summary>Why a tuning set cannot be used.</summary>
public enum TuningSetError
{
    /// <summary>It holds fewer usable examples than are needed.</summary>
    TooFewExamples,

    /// <summary>It cannot be split: all examples have one key, or the fraction leaves a side empty.</summary>
    CannotSplit,

    /// <summary>A prompt stands in the training set and in the evaluation set.</summary>
    Overlap,

    /// <summary>Its examples are more than extraction can tell apart, such as a tool with more than 64 slots.</summary>
    TooManySlots,

    /// <summary>A slot can be read in more than one way: some of its values are given as places in the request and others as members of a closed set, or its name or a member is no well-formed text.</summary>
    AmbiguousSlot,
}
