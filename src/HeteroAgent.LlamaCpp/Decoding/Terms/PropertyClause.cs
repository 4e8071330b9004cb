using System.Collections.Immutable;

namespace HeteroAgent.LlamaCpp;

/// <summary>What one schema object says about the properties by name: those it lists, those whose names match patterns, and all others. Immutable.</summary>
/// <param name="Properties">The listed ones, in their order.</param>
/// <param name="Patterns">Patterns of names, with the automaton of the names.</param>
/// <param name="Additional">The term of all others.</param>
/// <param name="Lists">Whether the schema lists properties, be it none.</param>
/// <param name="IsOpen">Whether the schema itself says that others may come: without it they are allowed and yet not offered where a document is written.</param>
internal sealed record PropertyClause(
    ImmutableList<KeyValuePair<string, SchemaTerm>> Properties,
    ImmutableList<(string Pattern, TextAutomaton Names, SchemaTerm Term)> Patterns,
    SchemaTerm Additional,
    bool IsOpen,
    bool Lists = false)
{
    private readonly Dictionary<string, SchemaTerm> _byName = Properties.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);

    /// <summary>Equal clauses have equal keys.</summary>
    public string Key { get; } = $"{string.Join(';', Properties.Select(p => $"{p.Key.Length}{p.Key}:{p.Value.Key}"))}/{string.Join(';', Patterns.Select(p => $"{p.Pattern.Length}{p.Pattern}:{p.Term.Key}"))}/{Additional.Key}{(IsOpen ? "+" : "")}{(Lists ? "" : "-")}";

    /// <summary>A clause about one property.</summary>
    public static PropertyClause Of(string name, SchemaTerm term) => new([new(name, term)], [], SchemaTerm.True, IsOpen: false);

    /// <summary>Whether a property is listed or matches a pattern.</summary>
    public bool Mentions(string name) => _byName.ContainsKey(name) || Patterns.Exists(p => p.Names.Matches(name));

    /// <summary>What the clause demands of a property.</summary>
    public SchemaTerm TermOf(string name)
    {
        SchemaTerm term = SchemaTerm.True;
        bool mentioned = _byName.TryGetValue(name, out SchemaTerm? listed);
        term = mentioned ? listed! : term;
        foreach ((_, TextAutomaton names, SchemaTerm value) in Patterns)
        {
            if (names.Matches(name))
            {
                mentioned = true;
                term = term.And(value);
            }
        }

        return mentioned ? term : Additional;
    }
}
