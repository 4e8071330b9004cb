namespace HeteroAgent;

/// <summary>Whether routing pays on a log.</summary>
public enum ReplayVerdict
{
    /// <summary>The log has too few rows, or too few right or wrong weak answers, to tell.</summary>
    TooFewRows,

    /// <summary>It does not: nothing is gained over the weak model, the strong model or a random choice.</summary>
    DoesNotPay,

    /// <summary>It does: fewer calls, and where prices are known less money, than a random choice for the same quality, beyond chance.</summary>
    Pays,
}
