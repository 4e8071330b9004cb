namespace HeteroAgent;

/// <summary>A measured figure with its 95 % bootstrap interval.</summary>
/// <param name="Value">The figure; <see langword="null"/> where it cannot be reached or is not defined.</param>
/// <param name="Low">The lower end; <see langword="null"/> with the value, or where too few resamples have one.</param>
/// <param name="High">The upper end.</param>
public readonly record struct Estimate(double? Value, double? Low, double? High);
