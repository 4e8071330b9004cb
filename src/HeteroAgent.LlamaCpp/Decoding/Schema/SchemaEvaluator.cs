using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>Decides whether a value satisfies a schema, for the keywords that constrained output supports: it filters the values of <c>enum</c> and <c>const</c> by what stands beside them.</summary>
internal sealed class SchemaEvaluator(JsonElement root)
{
    private const int MaxDepth = 128;
    private int _depth;

    /// <summary>The type of a value; a number without a fraction is an integer.</summary>
    public static SchemaTypes TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => SchemaTypes.Null,
        JsonValueKind.True or JsonValueKind.False => SchemaTypes.Boolean,
        JsonValueKind.String => SchemaTypes.String,
        JsonValueKind.Array => SchemaTypes.Array,
        JsonValueKind.Object => SchemaTypes.Object,
        _ => value.TryGetDouble(out double number) && number == Math.Floor(number) ? SchemaTypes.Integer : SchemaTypes.Fraction,
    };

    /// <summary>Whether a value satisfies a schema.</summary>
    public bool IsValid(JsonElement value, JsonElement schema, string pointer)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return schema.ValueKind == JsonValueKind.True;
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidSchemaException(pointer, $"The schema at {pointer} is {SchemaKeywords.Shorten(schema)}; an object or a boolean is accepted.");
        }

        if (++_depth > MaxDepth)
        {
            throw new InvalidSchemaException(pointer, "The schema refers to itself without an end.");
        }

        var keywords = new SchemaKeywords(schema, pointer);
        bool valid = (TypeOf(value) & keywords.Types) != 0
            && IsListed(value, keywords)
            && IsReferenceValid(value, keywords)
            && (!keywords.TryGet("anyOf", out _) || keywords.Array("anyOf", mayBeEmpty: false).EnumerateArray().Any(b => IsValid(value, b, SchemaPointer.Append(pointer, "anyOf"))))
            && value.ValueKind switch
            {
                JsonValueKind.String => IsTextValid(value, keywords),
                JsonValueKind.Array => IsArrayValid(value, keywords),
                JsonValueKind.Object => IsObjectValid(value, keywords),
                _ => true,
            };
        _depth--;
        return valid;
    }

    private static bool IsListed(JsonElement value, SchemaKeywords keywords) =>
        (!keywords.TryGet("enum", out _) || keywords.Array("enum", mayBeEmpty: false).EnumerateArray().Any(v => JsonElement.DeepEquals(v, value)))
        && (!keywords.TryGet("const", out JsonElement constant) || JsonElement.DeepEquals(constant, value));

    private bool IsReferenceValid(JsonElement value, SchemaKeywords keywords)
    {
        if (!keywords.TryGet("$ref", out JsonElement reference))
        {
            return true;
        }

        (string pointer, JsonElement target) = SchemaCompiler.Resolve(root, reference, keywords);
        return IsValid(value, target, pointer);
    }

    private static bool IsTextValid(JsonElement value, SchemaKeywords keywords)
    {
        (int least, int most) = keywords.Bounds("minLength", "maxLength");
        int length = value.GetString()!.EnumerateRunes().Count();
        return length >= least && length <= most;
    }

    private bool IsArrayValid(JsonElement value, SchemaKeywords keywords)
    {
        (int least, int most) = keywords.Bounds("minItems", "maxItems");
        int count = value.GetArrayLength();
        return count >= least && count <= most && (!keywords.TryGet("items", out JsonElement items)
            || value.EnumerateArray().All(item => IsValid(item, items, SchemaPointer.Append(keywords.Pointer, "items"))));
    }

    private bool IsObjectValid(JsonElement value, SchemaKeywords keywords)
    {
        bool declares = keywords.TryGet("properties", out JsonElement properties);
        if (declares && properties.ValueKind != JsonValueKind.Object)
        {
            throw keywords.Invalid("properties", $"'properties' is {SchemaKeywords.Shorten(properties)}; an object of schemas is accepted.");
        }

        bool isBound = keywords.TryGet("additionalProperties", out JsonElement additional);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (declares && properties.TryGetProperty(property.Name, out JsonElement schema))
            {
                if (!IsValid(property.Value, schema, SchemaPointer.Append(SchemaPointer.Append(keywords.Pointer, "properties"), property.Name)))
                {
                    return false;
                }
            }
            else if (isBound && !IsValid(property.Value, additional, SchemaPointer.Append(keywords.Pointer, "additionalProperties")))
            {
                return false;
            }
        }

        return !keywords.TryGet("required", out _)
            || keywords.Array("required", mayBeEmpty: true).EnumerateArray().All(name => name.ValueKind == JsonValueKind.String
                ? value.TryGetProperty(name.GetString()!, out _)
                : throw keywords.Invalid("required", $"'required' holds {SchemaKeywords.Shorten(name)}; names of properties are accepted."));
    }
}
