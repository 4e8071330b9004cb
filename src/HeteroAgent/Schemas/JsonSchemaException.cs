namespace HeteroAgent;

/// <summary>A JSON Schema cannot be used: it is malformed, or has a keyword that would have to be ignored.</summary>
public sealed class JsonSchemaException : NotSupportedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="schemaPointer">The JSON pointer of the place in the schema; empty for its root.</param>
    /// <param name="problem">What is wrong there and what is accepted.</param>
    public JsonSchemaException(string schemaPointer, string problem)
        : base($"The JSON Schema cannot be used at '{(schemaPointer.Length == 0 ? "#" : "#" + schemaPointer)}': {problem}") => SchemaPointer = schemaPointer;

    /// <summary>Gets the JSON pointer of the place in the schema; empty for its root.</summary>
    public string SchemaPointer { get; }
}
