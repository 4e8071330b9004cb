namespace HeteroAgent;

/// <summary>What exact arithmetic says about one equation.</summary>
internal enum EquationStatus
{
    /// <summary>Both sides are equal.</summary>
    Right,

    /// <summary>Equal up to the digits that were written.</summary>
    Rounded,

    /// <summary>Digits were cut off rather than rounded.</summary>
    Truncated,

    /// <summary>A fraction was written as a whole number next to it.</summary>
    Forced,

    /// <summary>One side is a hundred times the other.</summary>
    PercentSlip,

    /// <summary>The sides carry different units, so that numbers alone cannot tell.</summary>
    Conversion,

    /// <summary>The sides differ.</summary>
    Wrong,
}
