namespace HeteroAgent.LlamaCpp;

/// <summary>A share that was counted, with its 95 % interval.</summary>
/// <param name="Right">How many counted, at least 0.</param>
/// <param name="Total">Out of how many.</param>
public readonly record struct Proportion(int Right, int Total)
{
    // The 97.5 % point of the normal distribution.
    private const double Z = 1.959963984540054;

    /// <summary>Gets the share, in [0, 1]; not a number where nothing was counted.</summary>
    public double Value => Total == 0 ? double.NaN : (double)Right / Total;

    /// <summary>Gets the lower end of Wilson's score interval (Wilson, 1927), in [0, 1]; 0 where nothing was counted.</summary>
    public double Low => Total == 0 ? 0 : Math.Max(0, Centre - Half);

    /// <summary>Gets the upper end of the interval, in [0, 1]; 1 where nothing was counted.</summary>
    public double High => Total == 0 ? 1 : Math.Min(1, Centre + Half);

    private double Centre => (Value + (Z * Z / (2 * Total))) / (1 + (Z * Z / Total));

    private double Half => Z * Math.Sqrt((Value * (1 - Value) / Total) + (Z * Z / (4.0 * Total * Total))) / (1 + (Z * Z / Total));
}
