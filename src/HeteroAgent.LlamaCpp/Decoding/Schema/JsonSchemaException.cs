namespace HeteroAgent.LlamaCpp;

/// <summary>A JSON schema cannot be used to constrain a model's output. Nothing has been generated when it is thrown.</summary>
public abstract class JsonSchemaException : Exception
{
    private protected JsonSchemaException(string jsonPointer, string message)
        : base(message) => JsonPointer = jsonPointer;

    /// <summary>Gets the place in the schema as a JSON Pointer in URI fragment form: <c>#</c> is the whole schema.</summary>
    public string JsonPointer { get; }
}
