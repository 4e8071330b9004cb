using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>Writes values as constrained output would: compact, and with the keys of each object in the order of the schema that the value satisfies.</summary>
internal sealed class InstanceText
{
    private readonly SchemaLogic _logic;
    private readonly SchemaTerm _root;

    /// <summary>Reads a schema.</summary>
    /// <exception cref="JsonSchemaException">The schema is malformed or not supported.</exception>
    public InstanceText(JsonElement schema, SchemaDialect dialect)
    {
        _logic = new SchemaLogic(new SchemaDocument(schema, dialect));
        _root = SchemaTerm.Of(_logic.Document.Root, negated: false);
    }

    /// <summary>The text of a value: in the schema's order where it satisfies the schema, else in its own.</summary>
    public byte[] Write(JsonElement value)
    {
        try
        {
            return SchemaCompiler.Guard(() => Write(_root, value)) ?? JsonText.Value(value);
        }
        catch (JsonSchemaException)
        {
            // What cannot be decided is read as it stands.
            return JsonText.Value(value);
        }
    }

    // Null where the value does not satisfy the term.
    private byte[]? Write(SchemaTerm term, JsonElement value)
    {
        if (term.IsTrue || value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            return term.IsTrue || _logic.Matches(term, value) ? JsonText.Value(value) : null;
        }

        foreach (Conjunction alternative in _logic.Expand(term))
        {
            if (!_logic.Matches(alternative, value))
            {
                continue;
            }

            if (alternative.Values is { } values)
            {
                return JsonText.Value(values.First(v => JsonElement.DeepEquals(v, value)));
            }

            byte[]? text = value.ValueKind == JsonValueKind.Array ? WriteArray(alternative.Array, value) : WriteObject(alternative.Object, value);
            if (text is not null)
            {
                return text;
            }
        }

        return null;
    }

    private byte[]? WriteArray(ArrayDemand demand, JsonElement value)
    {
        var text = new List<byte> { (byte)'[' };
        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            // What an item must contain may be written in another order than the rest.
            SchemaTerm plain = demand.At(index);
            SchemaTerm? counted = demand.Contains.Where(c => index >= c.From && _logic.Matches(plain.And(c.Term), item)).Select(c => plain.And(c.Term)).FirstOrDefault();
            if (Write(counted ?? plain, item) is not { } written)
            {
                return null;
            }

            text.AddRange(index++ > 0 ? [(byte)',', .. written] : written);
        }

        text.Add((byte)']');
        return [.. text];
    }

    private byte[]? WriteObject(ObjectDemand demand, JsonElement value)
    {
        var text = new List<byte> { (byte)'{' };
        string[] listed = [.. demand.Listed()];
        IEnumerable<string> names = listed.Concat(value.EnumerateObject().Select(p => p.Name).Where(n => !listed.Contains(n)));
        foreach (string name in names)
        {
            if (!value.TryGetProperty(name, out JsonElement member))
            {
                continue;
            }

            if (Write(demand.TermOf(name), member) is not { } written)
            {
                return null;
            }

            text.AddRange(text.Count > 1 ? [(byte)','] : []);
            text.AddRange(JsonText.String(name));
            text.Add((byte)':');
            text.AddRange(written);
        }

        text.Add((byte)'}');
        return [.. text];
    }
}
