namespace HeteroAgent;

/// <summary>No passage was found for a request that is only to be answered from passages. It is thrown before the model is asked, and is a reason to escalate.</summary>
public sealed class NoPassageFoundException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="query">What was looked for.</param>
    public NoPassageFoundException(string query)
        : base($"No passage was found for '{(query.Length <= 200 ? query : query[..200] + "…")}', and RequirePassages is set. Add documents to the index, lower MinimumScore, or escalate on Faulted.") => Query = query;

    /// <summary>Gets what was looked for.</summary>
    public string Query { get; }
}
