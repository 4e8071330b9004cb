namespace HeteroAgent.LlamaCpp;

/// <summary>Some property must have a name of a set and a value that satisfies a term.</summary>
/// <param name="NamesKey">Equal sets of names have equal keys.</param>
/// <param name="Names">The names.</param>
/// <param name="Value">The term of the value.</param>
internal sealed record SomeProperty(string NamesKey, TextAutomaton Names, SchemaTerm Value)
{
    /// <summary>Equal demands have equal keys.</summary>
    public string Key => $"{NamesKey}={Value.Key}";
}
