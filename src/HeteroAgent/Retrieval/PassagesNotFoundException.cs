namespace HeteroAgent;

/// <summary>No passage bears on a question, and <see cref="NothingFoundBehavior.Throw"/> asks for this.</summary>
public sealed class PassagesNotFoundException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="query">What was looked for.</param>
    public PassagesNotFoundException(string query)
        : base($"No passage was found for '{(query?.Length > 200 ? query[..200] + "…" : query)}'.") => Query = query ?? "";

    /// <summary>Gets what was looked for.</summary>
    public string Query { get; }
}
