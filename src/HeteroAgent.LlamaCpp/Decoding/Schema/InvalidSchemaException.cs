namespace HeteroAgent.LlamaCpp;

/// <summary>A schema is malformed, or no finite JSON document can satisfy it.</summary>
public sealed class InvalidSchemaException : JsonSchemaException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="jsonPointer">Where the fault stands, as a JSON Pointer in URI fragment form.</param>
    /// <param name="message">What is wrong and what would be accepted.</param>
    public InvalidSchemaException(string jsonPointer, string message)
        : base(jsonPointer, message, null)
    {
    }

    internal InvalidSchemaException(string jsonPointer, string message, bool isUnsatisfiable)
        : this(jsonPointer, message) => IsUnsatisfiable = isUnsatisfiable;

    /// <summary>Gets whether the schema is well formed and no finite document satisfies it.</summary>
    public bool IsUnsatisfiable { get; }
}
