namespace HeteroAgent.LlamaCpp;

/// <summary>A schema uses a keyword, or a combination of keywords, that constrained output does not support. It is refused whole, never followed in part.</summary>
public sealed class UnsupportedSchemaException : JsonSchemaException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="keyword">The keyword that is not supported.</param>
    /// <param name="jsonPointer">Where it stands, as a JSON Pointer in URI fragment form.</param>
    /// <param name="message">What is not supported and what is.</param>
    public UnsupportedSchemaException(string keyword, string jsonPointer, string message)
        : base(jsonPointer, message, null) => Keyword = keyword;

    /// <summary>Gets the keyword that is not supported.</summary>
    public string Keyword { get; }
}
