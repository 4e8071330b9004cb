namespace HeteroAgent.LlamaCpp;

/// <summary>An automaton would have too many states. Caught where a schema's keyword is known, and reported by its name.</summary>
internal sealed class AutomatonTooLargeException()
    : Exception($"It takes more than {TextAutomaton.MaxStates} states, or too long to build.");
