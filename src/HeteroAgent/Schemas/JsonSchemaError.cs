namespace HeteroAgent;

/// <summary>One way in which a value breaks a schema.</summary>
/// <param name="InstancePointer">The JSON pointer of the value; empty for the root.</param>
/// <param name="SchemaPointer">The JSON pointer of the keyword that it breaks.</param>
/// <param name="Message">What was expected and what was found.</param>
public sealed record JsonSchemaError(string InstancePointer, string SchemaPointer, string Message)
{
    /// <summary>Returns the place and the message in one line.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{(InstancePointer.Length == 0 ? "/" : InstancePointer)}: {Message}";
}
