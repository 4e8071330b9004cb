namespace HeteroAgent;

/// <summary>Where the numbers of one step come from and where its results go.</summary>
internal sealed class StepFlow
{
    /// <summary>Operands by origin, in the order of <see cref="ValueSource"/>.</summary>
    public int[] Sources { get; } = new int[Enum.GetValues<ValueSource>().Length];

    /// <summary>Operands that occur nowhere before.</summary>
    public List<Rational> Nowhere { get; } = [];

    /// <summary>Numbers of the question used here for the first time.</summary>
    public int FirstUses { get; set; }

    /// <summary>Numbers of the question not used up to and including this step.</summary>
    public int Unused { get; set; }

    /// <summary>Operands that are the result of the step before.</summary>
    public int FromPrevious { get; set; }

    /// <summary>Results that had been reached before.</summary>
    public int Repeated { get; set; }

    /// <summary>Results that no later step mentions.</summary>
    public int Dangling { get; set; }

    /// <summary>Results so far that nothing has used yet.</summary>
    public int Open { get; set; }

    /// <summary>How well the words around the numbers agree with the question's, one value for each number of the question.</summary>
    public List<float> Agreement { get; } = [];

    /// <summary>Numbers whose unit differs from the question's for the same number, of those where both are known.</summary>
    public int UnitMismatch { get; set; }

    public int UnitKnown { get; set; }
}
