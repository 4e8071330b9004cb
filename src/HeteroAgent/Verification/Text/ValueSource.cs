namespace HeteroAgent;

/// <summary>Where an operand comes from.</summary>
internal enum ValueSource
{
    /// <summary>The question states it.</summary>
    Question,

    /// <summary>An earlier step states it.</summary>
    Earlier,

    /// <summary>The same step reached it before.</summary>
    Here,

    /// <summary>It follows from one number of the question: a percentage, its complement, a reciprocal.</summary>
    Derived,

    /// <summary>It is a usual constant.</summary>
    Constant,

    /// <summary>None of these.</summary>
    Nowhere,
}
