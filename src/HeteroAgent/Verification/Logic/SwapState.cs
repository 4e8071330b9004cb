namespace HeteroAgent;

/// <summary>What one step says of who holds what, against the exact simulation.</summary>
internal sealed record SwapState
{
    /// <summary>Pairs of holder and thing that the step states.</summary>
    public int Pairs { get; init; }

    /// <summary>Pairs that the simulation contradicts.</summary>
    public int Wrong { get; init; }

    public int WrongBefore { get; init; }

    /// <summary>Whether two holders are given the same thing.</summary>
    public bool IsDoubled { get; init; }

    /// <summary>Whether the option that the step chooses is another than the simulation's; <see langword="null"/> where it chooses none.</summary>
    public bool? ChoosesWrong { get; init; }

    /// <summary>The first contradiction in words.</summary>
    public string? Reason { get; init; }
}
