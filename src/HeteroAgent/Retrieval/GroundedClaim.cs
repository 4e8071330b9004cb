namespace HeteroAgent;

/// <summary>One claim of an answer and how far the passages support it.</summary>
/// <param name="Text">The claim, without citation marks.</param>
/// <param name="Support">How far it is supported, in [0, 1].</param>
/// <param name="PassageIndex">The passage that supports it most, counted from 0; -1 where none shares a word with it.</param>
/// <param name="Reason">Why it counts as unsupported, to be read by a person; <see langword="null"/> where it is supported.</param>
public sealed record GroundedClaim(string Text, double Support, int PassageIndex, string? Reason);
