using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>The keywords of one schema object: refuses what is unknown and reads the simple ones.</summary>
internal sealed class SchemaKeywords
{
    private const int LargestBound = 1 << 28;

    private static readonly HashSet<string> Annotations = new(StringComparer.Ordinal)
    {
        "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
    };

    private static readonly HashSet<string> Assertions = new(StringComparer.Ordinal)
    {
        "type", "enum", "const", "anyOf", "$ref", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "minLength", "maxLength", "format", "x-span",
    };

    private static readonly string Supported = string.Join(", ", Assertions);

    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    /// <summary>Reads a schema object.</summary>
    public SchemaKeywords(JsonElement schema, string pointer)
    {
        Pointer = pointer;
        foreach (JsonProperty property in schema.EnumerateObject())
        {
            if (!Assertions.Contains(property.Name) && !Annotations.Contains(property.Name))
            {
                throw Unsupported(property.Name, $"The keyword '{property.Name}' is not supported. Supported are: {Supported}; annotations are ignored.");
            }

            if (property.Name == "$id" && pointer != "#")
            {
                throw Unsupported("$id", "A '$id' below the root changes what references mean, which is not supported. Supported is one at the root.");
            }

            if (!_values.TryAdd(property.Name, property.Value))
            {
                throw Invalid(property.Name, $"The keyword '{property.Name}' stands twice; once is accepted.");
            }
        }

        Types = ReadTypes();
    }

    /// <summary>Where the schema stands.</summary>
    public string Pointer { get; }

    /// <summary>The types that <c>type</c> allows.</summary>
    public SchemaTypes Types { get; }

    /// <summary>Finds a keyword.</summary>
    public bool TryGet(string keyword, out JsonElement value) => _values.TryGetValue(keyword, out value);

    /// <summary>Refuses every assertion beside one that stands for itself, except <c>type</c>, what only repeats the schema referred to, and items that may be anything.</summary>
    public void RequireAlone(string keyword, JsonElement target = default)
    {
        foreach ((string other, JsonElement value) in _values)
        {
            bool repeats = target.ValueKind == JsonValueKind.Object && target.TryGetProperty(other, out JsonElement same) && JsonElement.DeepEquals(same, value);
            bool demandsNothing = other == "items" && (value.ValueKind == JsonValueKind.True || (value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any()));
            if (other != keyword && other != "type" && !repeats && !demandsNothing && Assertions.Contains(other))
            {
                throw Unsupported(other, $"The keyword '{other}' beside '{keyword}' is not supported. Supported beside it are 'type' and annotations.");
            }
        }
    }

    /// <summary>A bound on a length or a count; <paramref name="missing"/> where there is none.</summary>
    public int Bound(string keyword, int missing)
    {
        if (!TryGet(keyword, out JsonElement value))
        {
            return missing;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double bound) || bound < 0 || bound != Math.Floor(bound))
        {
            throw Invalid(keyword, $"'{keyword}' is {Shorten(value)}; a whole number from 0 up is accepted.");
        }

        // Nothing as long as this can be written, so that a higher upper bound is none.
        return bound < LargestBound ? (int)bound : missing == int.MaxValue ? int.MaxValue : LargestBound;
    }

    /// <summary>A lower and an upper bound.</summary>
    public (int Least, int Most) Bounds(string least, string most)
    {
        int low = Bound(least, 0);
        int high = Bound(most, int.MaxValue);
        if (low > high)
        {
            throw Invalid(least, $"'{least}' is {low} and '{most}' is {high}: nothing satisfies both.");
        }

        return (low, high);
    }

    /// <summary>An array that a keyword must have.</summary>
    public JsonElement Array(string keyword, bool mayBeEmpty)
    {
        JsonElement value = _values[keyword];
        if (value.ValueKind != JsonValueKind.Array || (!mayBeEmpty && value.GetArrayLength() == 0))
        {
            throw Invalid(keyword, $"'{keyword}' is {Shorten(value)}; an array{(mayBeEmpty ? "" : " with at least one element")} is accepted.");
        }

        return value;
    }

    /// <summary>The schema is wrong at a keyword.</summary>
    public InvalidSchemaException Invalid(string keyword, string message)
    {
        string pointer = SchemaPointer.Append(Pointer, keyword);
        return new(pointer, $"{message} At {pointer}.");
    }

    /// <summary>A keyword is not supported.</summary>
    public UnsupportedSchemaException Unsupported(string keyword, string message)
    {
        string pointer = SchemaPointer.Append(Pointer, keyword);
        return new(keyword, pointer, $"{message} At {pointer}.");
    }

    /// <summary>A value's text, cut where it is long.</summary>
    public static string Shorten(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 60 ? text : text[..60] + "…";
    }

    private SchemaTypes ReadTypes()
    {
        if (!TryGet("type", out JsonElement value))
        {
            return SchemaTypes.All;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return ReadType(value);
        }

        SchemaTypes types = SchemaTypes.None;
        foreach (JsonElement name in Array("type", mayBeEmpty: false).EnumerateArray())
        {
            types |= ReadType(name);
        }

        return types;
    }

    private SchemaTypes ReadType(JsonElement name) => (name.ValueKind == JsonValueKind.String ? name.GetString() : null) switch
    {
        "null" => SchemaTypes.Null,
        "boolean" => SchemaTypes.Boolean,
        "integer" => SchemaTypes.Integer,
        "number" => SchemaTypes.Number,
        "string" => SchemaTypes.String,
        "array" => SchemaTypes.Array,
        "object" => SchemaTypes.Object,
        _ => throw Invalid("type", $"'type' is {Shorten(name)}; null, boolean, integer, number, string, array, object or a list of these is accepted."),
    };
}
