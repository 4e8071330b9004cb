namespace HeteroAgent;

/// <summary>Refuses a schema that applies itself to the same value again and again.</summary>
internal static class SchemaCycle
{
    public static void Refuse(IEnumerable<CompiledSchema> schemas)
    {
        HashSet<CompiledSchema> done = [];
        HashSet<CompiledSchema> open = [];
        foreach (CompiledSchema schema in schemas)
        {
            Visit(schema, open, done);
        }
    }

    private static void Visit(CompiledSchema schema, HashSet<CompiledSchema> open, HashSet<CompiledSchema> done)
    {
        if (done.Contains(schema))
        {
            return;
        }

        if (!open.Add(schema))
        {
            throw new JsonSchemaException(schema.Pointer, "it refers to itself for the same value, so checking it would never end.");
        }

        foreach (CompiledSchema next in schema.InPlace)
        {
            Visit(next, open, done);
        }

        _ = open.Remove(schema);
        _ = done.Add(schema);
    }
}
