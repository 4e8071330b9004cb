namespace HeteroAgent;

/// <summary>One prompt and both models' answers to it.</summary>
/// <param name="Id">The row's name in the log.</param>
/// <param name="Prompt">What was asked.</param>
/// <param name="Weak">The answer of the cheap model; its text is needed.</param>
/// <param name="Strong">The answer of the frontier model; its text is never looked at.</param>
public sealed record ReplayRow(string Id, string Prompt, ReplayAnswer Weak, ReplayAnswer Strong);
