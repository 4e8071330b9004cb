namespace HeteroAgent.LlamaCpp;

/// <summary>What an item of an array may be.</summary>
/// <param name="Plain">A value that is not counted, or null where every item counts.</param>
/// <param name="Counted">A value that counts towards what the array must contain, or null where none does.</param>
internal readonly record struct ArrayItem(GrammarNode? Plain, GrammarNode? Counted);
