namespace HeteroAgent.Benchmarks.Structured;

/// <summary>How the tokens of an answer came about.</summary>
/// <param name="Sampled">Chosen from logits one at a time.</param>
/// <param name="Forced">Written because the grammar allowed nothing else.</param>
/// <param name="Drafted">Guessed and confirmed in a batch.</param>
/// <param name="Scored">Tokens of a document that was chosen from a few, all of which were scored in one batch.</param>
internal readonly record struct TokenCounts(int Sampled, int Forced = 0, int Drafted = 0, int Scored = 0);
