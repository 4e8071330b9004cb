namespace HeteroAgent;

/// <summary>How an ambiguous expression is read.</summary>
internal enum ExpressionReading
{
    /// <summary>A mixed number is a sum; 20 % is 1/5.</summary>
    Usual,

    /// <summary>2 1/2 is 2 times 1/2.</summary>
    MixedAsProduct,

    /// <summary>20 % is 20.</summary>
    PercentBare,

    /// <summary>200 - 20 % is 160.</summary>
    PercentOfLeft,
}
