namespace HeteroAgent;

/// <summary>The figures of a <see cref="Ledger"/> at one moment. Immutable; amounts are US dollars.</summary>
public sealed record LedgerSnapshot
{
    internal LedgerSnapshot()
    {
    }

    /// <summary>Gets what each model was asked and cost: the local model first, then the frontier models by name.</summary>
    public required IReadOnlyList<LedgerRow> Rows { get; init; }

    /// <summary>Gets how many calls the local model kept.</summary>
    public required long LocalCalls { get; init; }

    /// <summary>Gets how many calls the frontier models answered.</summary>
    public required long FrontierCalls { get; init; }

    /// <summary>Gets the share of calls that the local model kept, in [0, 1]; 0 where there were none.</summary>
    public double LocalShare => LocalCalls + FrontierCalls == 0 ? 0 : (double)LocalCalls / (LocalCalls + FrontierCalls);

    /// <summary>Gets how many calls went to models that the price table does not hold. <see cref="Cost"/> and <see cref="FrontierOnlyCost"/> lack them.</summary>
    public required long UnpricedCalls { get; init; }

    /// <summary>Gets how many calls reported no usage. <see cref="Cost"/> and <see cref="FrontierOnlyCost"/> lack them.</summary>
    public required long UnmeasuredCalls { get; init; }

    /// <summary>Gets what all priced calls cost together, drafts that were replaced included.</summary>
    public required decimal Cost { get; init; }

    /// <summary>Gets the model by which kept calls are priced in <see cref="FrontierOnlyCost"/>, or <see langword="null"/> where no frontier model is known.</summary>
    public required string? FrontierModel { get; init; }

    /// <summary>
    /// Gets what the calls would have cost had every one gone to the frontier model: the real cost of those that did, and for the kept ones the local model's token counts at the frontier model's uncached price.
    /// It is an estimate, since the two models count tokens differently. <see langword="null"/> where no price for the kept calls is known.
    /// </summary>
    public required decimal? FrontierOnlyCost { get; init; }

    /// <summary>Gets the dollars saved, negative where the local model costs more than it saves; <see langword="null"/> where <see cref="FrontierOnlyCost"/> is.</summary>
    public decimal? Saving => FrontierOnlyCost - Cost;

    /// <summary>Gets <see cref="Saving"/> as a share of <see cref="FrontierOnlyCost"/>; <see langword="null"/> where that is not known or 0.</summary>
    public double? SavingShare => FrontierOnlyCost is > 0 ? (double)(Saving!.Value / FrontierOnlyCost.Value) : null;

    /// <summary>Gets the day on which the prices held.</summary>
    public required DateOnly PricesAsOf { get; init; }

    /// <summary>Writes the figures as a table in plain text.</summary>
    /// <returns>Lines separated by a line feed, the last one without.</returns>
    public string ToTable() => LedgerTable.Write(this);
}
