namespace HeteroAgent;

/// <summary>A JSON Schema cannot be used: it is malformed, impossible, or has a keyword that would have to be ignored. Nothing has been done when it is thrown.</summary>
public class JsonSchemaException : NotSupportedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="schemaPointer">The JSON pointer of the place in the schema; empty for its root.</param>
    /// <param name="problem">What is wrong there and what is accepted.</param>
    public JsonSchemaException(string schemaPointer, string problem)
        : this("#" + schemaPointer, $"The JSON Schema cannot be used at '#{schemaPointer}': {problem}", null)
    {
    }

    /// <summary>Creates the exception with a message of the derived type's own.</summary>
    /// <param name="jsonPointer">The place in the schema as a JSON Pointer in URI fragment form.</param>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    protected JsonSchemaException(string jsonPointer, string message, Exception? innerException)
        : base(message, innerException) => JsonPointer = jsonPointer;

    /// <summary>Gets the place in the schema as a JSON Pointer in URI fragment form: <c>#</c> is the whole schema.</summary>
    public string JsonPointer { get; }
}
