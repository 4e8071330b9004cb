namespace HeteroAgent;

/// <summary>The amounts that one answer added to a ledger, in US dollars.</summary>
/// <param name="Cost">What its priced calls cost.</param>
/// <param name="Saving">What was saved against the frontier model; <see langword="null"/> where no price for the kept call is known.</param>
/// <param name="UnpricedModel">The frontier model without a price, where this answer is its first; empty where it has no name.</param>
/// <param name="IsUnmeasured">Whether a call reported no usage.</param>
internal readonly record struct LedgerEntry(decimal Cost, decimal? Saving, string? UnpricedModel, bool IsUnmeasured)
{
    public void Report(string? route)
    {
        Telemetry.Spent(Cost, route ?? Routes.Frontier);
        if (Saving is { } saving)
        {
            Telemetry.Saved(saving, route ?? Routes.Frontier);
        }
    }
}
