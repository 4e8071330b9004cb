namespace HeteroAgent;

/// <summary>A threshold that may be tested, and what the fitting calls say about it.</summary>
/// <param name="Threshold">The least score that is accepted.</param>
/// <param name="Accepted">How many fitting calls it accepts.</param>
/// <param name="Wrong">How many of them are wrong.</param>
internal readonly record struct RiskCandidate(double Threshold, int Accepted, int Wrong);
