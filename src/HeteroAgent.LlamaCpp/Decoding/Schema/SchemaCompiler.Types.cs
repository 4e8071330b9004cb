using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <content>Schemas that describe values by type.</content>
internal sealed partial class SchemaCompiler
{
    private GrammarNode Typed(SchemaKeywords keywords, SchemaTypes types)
    {
        // Each is read whatever the type, so that a keyword that is malformed or not supported is never passed over.
        GrammarNode properties = Object(keywords);
        GrammarNode array = Array(keywords);
        GrammarNode text = Text(keywords);
        var alternatives = new List<GrammarNode>();
        foreach ((SchemaTypes type, GrammarNode node) in new[] { (SchemaTypes.Object, properties), (SchemaTypes.Array, array), (SchemaTypes.String, text) })
        {
            if (types.HasFlag(type))
            {
                alternatives.Add(node);
            }
        }

        SchemaTypes simple = types & (SchemaTypes.Number | SchemaTypes.Boolean | SchemaTypes.Null);
        if (text is SpanValueNode && (simple & SchemaTypes.Number) != 0)
        {
            alternatives.Add(text);
            simple &= ~SchemaTypes.Number;
        }

        if (simple != 0)
        {
            alternatives.Add(_builder.Any(simple, keywords.Pointer));
        }

        return alternatives.Count switch
        {
            0 => _builder.Add(new NothingNode("No type satisfies both this schema and what stands around it.") { Pointer = keywords.Pointer }),
            1 => alternatives[0],
            _ => _builder.Add(new ChoiceNode { Pointer = keywords.Pointer, Alternatives = [.. alternatives] }),
        };
    }

    private GrammarNode Text(SchemaKeywords keywords)
    {
        (int least, int most) = keywords.Bounds("minLength", "maxLength");
        bool formatted = keywords.TryGet("format", out JsonElement format);
        if (!keywords.TryGet("x-span", out JsonElement span) || span.ValueKind == JsonValueKind.False)
        {
            if (formatted)
            {
                throw keywords.Unsupported("format", "The keyword 'format' is not supported without 'x-span'.");
            }

            return _builder.Add(new StringNode(least, most) { Pointer = keywords.Pointer });
        }

        if (span.ValueKind != JsonValueKind.True)
        {
            throw keywords.Invalid("x-span", $"'x-span' is {SchemaKeywords.Shorten(span)}; true or false is accepted.");
        }

        if ((keywords.Types & ~SchemaTypes.Null) is SchemaTypes.Number or SchemaTypes.Integer)
        {
            return _builder.Add(new SpanValueNode(keywords.Types.HasFlag(SchemaTypes.Fraction) ? SpanValueKind.Number : SpanValueKind.Integer) { Pointer = keywords.Pointer });
        }

        if ((keywords.Types & ~SchemaTypes.Null) != SchemaTypes.String)
        {
            throw keywords.Invalid("x-span", "'x-span' is for strings and numbers; a schema with \"type\": \"string\", \"number\" or \"integer\", or one of these or null, is accepted.");
        }

        if (formatted)
        {
            return SpanValues.OfFormat(format.GetString()) is { } kind && (least, most) == (0, int.MaxValue)
                ? _builder.Add(new SpanValueNode(kind) { Pointer = keywords.Pointer })
                : throw keywords.Unsupported("format", "'x-span' beside this 'format' is not supported. Supported are date, time and date-time, without 'minLength' and 'maxLength'.");
        }

        return _builder.Add(new SpanNode(least, most) { Pointer = keywords.Pointer });
    }

    private ArrayNode Array(SchemaKeywords keywords)
    {
        (int least, int most) = keywords.Bounds("minItems", "maxItems");
        if (!keywords.TryGet("items", out JsonElement items))
        {
            return _builder.Add(new ArrayNode(_builder.Any(SchemaTypes.All, keywords.Pointer), least, most) { Pointer = keywords.Pointer });
        }

        if (items.ValueKind == JsonValueKind.Array)
        {
            throw keywords.Unsupported("items", "An array of schemas as 'items' is not supported. Supported is one schema for all items.");
        }

        GrammarNode item = Schema(items, SchemaPointer.Append(keywords.Pointer, "items"), SchemaTypes.All);
        return _builder.Add(new ArrayNode(item, least, most) { Pointer = keywords.Pointer });
    }

    private GrammarNode Object(SchemaKeywords keywords)
    {
        HashSet<string> required = Required(keywords);
        if (!keywords.TryGet("properties", out JsonElement declared))
        {
            RequireDeclared(required, keywords);
            return Undeclared(keywords);
        }

        RequireClosed(keywords);

        if (declared.ValueKind != JsonValueKind.Object)
        {
            throw keywords.Invalid("properties", $"'properties' is {SchemaKeywords.Shorten(declared)}; an object of schemas is accepted.");
        }

        string pointer = SchemaPointer.Append(keywords.Pointer, "properties");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var properties = new List<ObjectProperty>();
        foreach (JsonProperty property in declared.EnumerateObject())
        {
            string place = SchemaPointer.Append(pointer, property.Name);
            if (!names.Add(property.Name))
            {
                throw new InvalidSchemaException(place, $"The property '{property.Name}' is declared twice; once is accepted. At {place}.");
            }

            GrammarNode value = Schema(property.Value, place, SchemaTypes.All);
            properties.Add(new ObjectProperty([.. JsonText.String(property.Name), (byte)':'], value, required.Remove(property.Name)));
        }

        RequireDeclared(required, keywords);
        return _builder.Object(properties, keywords.Pointer);
    }

    private static HashSet<string> Required(SchemaKeywords keywords)
    {
        var required = new HashSet<string>(StringComparer.Ordinal);
        if (!keywords.TryGet("required", out _))
        {
            return required;
        }

        foreach (JsonElement name in keywords.Array("required", mayBeEmpty: true).EnumerateArray())
        {
            required.Add(name.ValueKind == JsonValueKind.String
                ? name.GetString()!
                : throw keywords.Invalid("required", $"'required' holds {SchemaKeywords.Shorten(name)}; names of properties are accepted."));
        }

        return required;
    }

    private static void RequireDeclared(HashSet<string> missing, SchemaKeywords keywords)
    {
        if (missing.Count > 0)
        {
            throw keywords.Invalid("required", $"'required' names {string.Join(", ", missing.Select(n => $"'{n}'"))}, which 'properties' does not declare; since no other property is written, nothing would satisfy it.");
        }
    }

    // An object without declared properties: with no keys, with any, or with values that are all alike.
    private GrammarNode Undeclared(SchemaKeywords keywords)
    {
        if (!keywords.TryGet("additionalProperties", out JsonElement additional) || additional.ValueKind == JsonValueKind.True)
        {
            return _builder.Map(keywords.Pointer);
        }

        if (additional.ValueKind == JsonValueKind.False)
        {
            return _builder.Object([], keywords.Pointer);
        }

        GrammarNode value = Schema(additional, SchemaPointer.Append(keywords.Pointer, "additionalProperties"), SchemaTypes.All);
        StringNode key = _builder.Add(new StringNode(0, int.MaxValue) { Pointer = keywords.Pointer });
        return _builder.Add(new MapNode(key, value) { Pointer = keywords.Pointer });
    }

    private static void RequireClosed(SchemaKeywords keywords)
    {
        if (keywords.TryGet("additionalProperties", out JsonElement additional) && additional.ValueKind != JsonValueKind.False)
        {
            throw keywords.Unsupported("additionalProperties", $"'additionalProperties' with {SchemaKeywords.Shorten(additional)} beside 'properties' is not supported. Supported is false; without 'properties' also true or a schema.");
        }
    }
}
