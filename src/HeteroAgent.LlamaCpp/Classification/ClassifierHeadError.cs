namespace HeteroAgent.LlamaCpp;

/// <summary>What is wrong with a classifier head.</summary>
public enum ClassifierHeadError
{
    /// <summary>The file is no classifier head.</summary>
    NotAHead,

    /// <summary>The file is of a version that this library does not read.</summary>
    UnsupportedVersion,

    /// <summary>The file ends before what it announces.</summary>
    Truncated,

    /// <summary>The file's checksum does not hold, or its parts contradict each other.</summary>
    Damaged,

    /// <summary>The head was trained on vectors of another encoder.</summary>
    OtherEncoder,
}
