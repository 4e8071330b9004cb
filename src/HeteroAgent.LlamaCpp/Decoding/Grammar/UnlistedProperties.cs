namespace HeteroAgent.LlamaCpp;

/// <summary>Properties that an object may have besides those that it lists.</summary>
/// <param name="Key">The key with its quotes and colon; no listed key is one.</param>
/// <param name="Value">The values.</param>
/// <param name="Counts">Whether such a property is what some property must be.</param>
internal sealed record UnlistedProperties(AutomatonNode Key, GrammarNode Value, bool Counts);
