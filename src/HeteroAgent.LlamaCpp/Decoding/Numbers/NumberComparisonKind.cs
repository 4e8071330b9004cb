namespace HeteroAgent.LlamaCpp;

/// <summary>How a number must compare.</summary>
internal enum NumberComparisonKind
{
    /// <summary>Greater.</summary>
    Above,

    /// <summary>Greater or equal.</summary>
    AtLeast,

    /// <summary>Less.</summary>
    Below,

    /// <summary>Less or equal.</summary>
    AtMost,

    /// <summary>Different.</summary>
    Not,
}
