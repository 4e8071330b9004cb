namespace HeteroAgent;

/// <summary>One keyword, compiled: adds what is wrong with the value.</summary>
internal delegate void SchemaCheck(in Instance instance, ref List<JsonSchemaError>? errors);

/// <summary>A schema or subschema, compiled to the checks that its keywords make.</summary>
internal sealed class CompiledSchema(string pointer)
{
    public string Pointer => pointer;

    public List<SchemaCheck> Checks { get; } = [];

    /// <summary>The subschemas that are applied to the same value; a cycle of these would never end.</summary>
    public List<CompiledSchema> InPlace { get; } = [];

    public void Check(in Instance instance, ref List<JsonSchemaError>? errors)
    {
        foreach (SchemaCheck check in Checks)
        {
            check(instance, ref errors);
        }
    }

    public bool Accepts(in Instance instance)
    {
        List<JsonSchemaError>? errors = null;
        foreach (SchemaCheck check in Checks)
        {
            check(instance, ref errors);
            if (errors is not null)
            {
                return false;
            }
        }

        return true;
    }
}
