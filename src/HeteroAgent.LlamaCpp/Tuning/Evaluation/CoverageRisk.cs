namespace HeteroAgent.LlamaCpp;

/// <summary>The risk where only the surest answers are kept.</summary>
/// <param name="Coverage">The share of examples whose answer is kept, in (0, 1].</param>
/// <param name="Risk">The share of wrong answers among them, in [0, 1].</param>
/// <param name="Confidence">The confidence of the least sure of them, in [0, 1].</param>
public readonly record struct CoverageRisk(double Coverage, double Risk, double Confidence);
