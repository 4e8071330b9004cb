namespace HeteroAgent.LlamaCpp;

/// <summary>In how many bits a head keeps a weight.</summary>
public enum ClassifierPrecision
{
    /// <summary>8 bits where no probability on the training examples moves by more than .02 through it, else 16.</summary>
    Automatic,

    /// <summary>8 bits with a scale a class.</summary>
    EightBits,

    /// <summary>16-bit floating point.</summary>
    SixteenBits,
}
