namespace HeteroAgent.LlamaCpp;

/// <summary>One step of a generation.</summary>
/// <param name="Id">The token.</param>
/// <param name="Logprob">Its log-probability under the unmasked distribution at temperature 1; 0 for a forced token, which has none.</param>
/// <param name="Bytes">The UTF-8 bytes that may be shown now: a possible start of a stop sequence is held back, and what was held back before may be included.</param>
/// <param name="IsForced">Whether the constraint left no choice, so that the model was not asked.</param>
internal readonly record struct GeneratedToken(int Id, float Logprob, ReadOnlyMemory<byte> Bytes, bool IsForced = false);
