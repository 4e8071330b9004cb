namespace HeteroAgent;

/// <summary>A passage that an answer points to.</summary>
/// <param name="Number">The number by which the answer names it, from 1.</param>
/// <param name="Passage">The passage.</param>
public sealed record Citation(int Number, RetrievedPassage Passage);
