namespace HeteroAgent;

/// <summary>What one model was asked and what it cost.</summary>
/// <param name="Route">One of <see cref="Routes"/>.</param>
/// <param name="Model">The model's id, or <see langword="null"/> where no answer named it.</param>
/// <param name="Calls">How often it was asked. On the local route this includes the calls that were escalated afterwards.</param>
/// <param name="InputTokens">Its input tokens, cached ones included.</param>
/// <param name="CachedInputTokens">The part of them that came from a cache.</param>
/// <param name="OutputTokens">Its output tokens.</param>
/// <param name="Cost">US dollars, or <see langword="null"/> where the price table does not hold the model.</param>
public sealed record LedgerRow(string Route, string? Model, long Calls, long InputTokens, long CachedInputTokens, long OutputTokens, decimal? Cost);
