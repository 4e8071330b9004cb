using System.Collections.Concurrent;

namespace HeteroAgent.LlamaCpp;

/// <summary>The grammars last compiled, by the text they were compiled from. Bounded: it is emptied when it is full. Thread-safe.</summary>
internal sealed class GrammarCache
{
    /// <summary>The most grammars held.</summary>
    public const int Capacity = 256;

    private readonly ConcurrentDictionary<string, JsonGrammar> _grammars = new(StringComparer.Ordinal);

    /// <summary>The grammar for a text, compiled if it is not held.</summary>
    public JsonGrammar GetOrAdd(string text, Func<JsonGrammar> compile)
    {
        if (_grammars.TryGetValue(text, out JsonGrammar? grammar))
        {
            return grammar;
        }

        grammar = compile();
        if (_grammars.Count >= Capacity)
        {
            _grammars.Clear();
        }

        return _grammars.GetOrAdd(text, grammar);
    }
}
