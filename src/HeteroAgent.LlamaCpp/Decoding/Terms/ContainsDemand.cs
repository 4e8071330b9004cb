namespace HeteroAgent.LlamaCpp;

/// <summary>How many items, from an index on, must satisfy a term.</summary>
internal sealed record ContainsDemand(SchemaTerm Term, int From, int Least, int Most)
{
    /// <summary>Equal demands have equal keys.</summary>
    public string Key => $"{Term.Key}@{From}:{Least}-{Most}";
}
