namespace HeteroAgent.LlamaCpp;

/// <summary>What a pattern, a format or a list of texts demands of strings.</summary>
/// <param name="Key">Equal demands have equal keys.</param>
/// <param name="Automaton">The texts.</param>
/// <param name="IsNegated">Whether the texts are ruled out instead.</param>
/// <param name="Keyword">The keyword that demands it.</param>
/// <param name="Pointer">Where the keyword stands.</param>
/// <param name="Most">The most code points that the texts have, which the automaton need not count; not asked of what is ruled out.</param>
internal sealed record TextRule(string Key, TextAutomaton Automaton, bool IsNegated, string Keyword, string Pointer, int Most = int.MaxValue);
