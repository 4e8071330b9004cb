using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <content>Values that are at hand: which of them satisfy a term.</content>
internal sealed partial class SchemaLogic
{
    /// <summary>Whether a value satisfies a term; a span may be any string.</summary>
    /// <exception cref="JsonSchemaException">A schema is malformed or not supported.</exception>
    public bool Matches(SchemaTerm term, JsonElement value) => term.IsTrue || Expand(term).Any(a => Matches(a, value));

    /// <summary>Whether a value satisfies one alternative.</summary>
    public bool Matches(Conjunction alternative, JsonElement value)
    {
        SchemaTypes type = TypeOf(value);
        return (alternative.Types & type) != 0
            && (alternative.Values is null || alternative.Values.Exists(v => JsonElement.DeepEquals(v, value)))
            && type switch
            {
                SchemaTypes.Boolean => alternative.Boolean is not { } only || only == value.GetBoolean(),
                SchemaTypes.Integer or SchemaTypes.Fraction => alternative.Numbers.Matches(value),
                SchemaTypes.String => alternative.Text.Matches(value.GetString()!),
                SchemaTypes.Array => Matches(alternative.Array, value),
                SchemaTypes.Object => Matches(alternative.Object, value),
                _ => true,
            };
    }

    /// <summary>The type of a value; a number without a fraction is an integer.</summary>
    public static SchemaTypes TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => SchemaTypes.Null,
        JsonValueKind.True or JsonValueKind.False => SchemaTypes.Boolean,
        JsonValueKind.String => SchemaTypes.String,
        JsonValueKind.Array => SchemaTypes.Array,
        JsonValueKind.Object => SchemaTypes.Object,
        _ => ExactNumber.Parse(value.GetRawText()).IsInteger ? SchemaTypes.Integer : SchemaTypes.Fraction,
    };

    private bool Matches(ArrayDemand demand, JsonElement value)
    {
        int length = value.GetArrayLength();
        JsonElement[] items = [.. value.EnumerateArray()];
        if (length < demand.Least || length > demand.Most)
        {
            return false;
        }

        for (int i = 0; i < length; i++)
        {
            if (!Matches(demand.At(i), items[i]))
            {
                return false;
            }
        }

        foreach (ContainsDemand contains in demand.Contains)
        {
            int found = items.Skip(contains.From).Count(i => Matches(contains.Term, i));
            if (found < contains.Least || found > contains.Most)
            {
                return false;
            }
        }

        if (demand.UniquePointer is null && demand.NotUniquePointer is null)
        {
            return true;
        }

        bool repeats = Enumerable.Range(0, length).Any(i => Enumerable.Range(0, i).Any(j => JsonElement.DeepEquals(items[i], items[j])));
        return repeats ? demand.UniquePointer is null : demand.NotUniquePointer is null;
    }

    private bool Matches(ObjectDemand demand, JsonElement value)
    {
        JsonProperty[] properties = [.. value.EnumerateObject()];
        return properties.Length >= demand.Least && properties.Length <= demand.Most
            && demand.Required.TrueForAll(name => value.TryGetProperty(name, out _))
            && Array.TrueForAll(properties, p => IsName(demand.Names, p.Name) && Matches(demand.TermOf(p.Name), p.Value))
            && demand.Some.TrueForAll(some => Array.Exists(properties, p => some.Names.Matches(p.Name) && Matches(some.Value, p.Value)));
    }
}
