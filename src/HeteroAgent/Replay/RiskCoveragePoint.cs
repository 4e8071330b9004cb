namespace HeteroAgent;

/// <summary>What happens where a share of the weak answers is kept.</summary>
/// <param name="Coverage">The share of calls whose weak answer is kept, the surest first, in [0, 1].</param>
/// <param name="Risk">The share of wrong ones among the kept, in [0, 1].</param>
/// <param name="Accuracy">The accuracy of the pair: kept weak answers and the strong model's for the rest, in [0, 1].</param>
public readonly record struct RiskCoveragePoint(double Coverage, double Risk, double Accuracy);
