using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>The keywords of one schema object: refuses what JSON Schema defines and is not followed here, passes over what it does not define, and reads the simple ones.</summary>
internal sealed class SchemaKeywords
{
    private const int LargestBound = 1 << 28;
    private const int MaxPatternLength = 10_000;

    private static readonly HashSet<string> NotFollowed = new(StringComparer.Ordinal) { "$recursiveRef", "divisibleBy", "disallow", "extends" };

    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    /// <summary>Reads a schema object.</summary>
    public SchemaKeywords(JsonElement schema, string pointer)
    {
        Pointer = pointer;
        foreach (JsonProperty property in schema.EnumerateObject())
        {
            if (NotFollowed.Contains(property.Name))
            {
                throw Unsupported(property.Name, $"The keyword '{property.Name}' is not supported.");
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

    /// <summary>Whether a keyword is there and true.</summary>
    public bool Flag(string keyword) => TryGet(keyword, out JsonElement value) && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Invalid(keyword, $"'{keyword}' is {Shorten(value)}; true or false is accepted."),
    };

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

    /// <summary>An object that a keyword must have.</summary>
    public JsonElement Object(string keyword)
    {
        JsonElement value = _values[keyword];
        return value.ValueKind == JsonValueKind.Object ? value : throw Invalid(keyword, $"'{keyword}' is {Shorten(value)}; an object is accepted.");
    }

    /// <summary>The names in a list of properties.</summary>
    public string[] Names(string keyword, JsonElement names)
    {
        if (names.ValueKind != JsonValueKind.Array)
        {
            throw Invalid(keyword, $"'{keyword}' is {Shorten(names)}; an array of names of properties is accepted.");
        }

        return [.. names.EnumerateArray().Select(name => name.ValueKind == JsonValueKind.String
            ? name.GetString()!
            : throw Invalid(keyword, $"'{keyword}' holds {Shorten(name)}; names of properties are accepted."))];
    }

    /// <summary>The bounds of numbers. An exclusive bound may also be the boolean of draft 4.</summary>
    public IEnumerable<(NumberComparisonKind Kind, ExactNumber Value)> NumericBounds()
    {
        foreach ((string keyword, string exclusive, NumberComparisonKind kind, NumberComparisonKind strict) in new[]
        {
            ("minimum", "exclusiveMinimum", NumberComparisonKind.AtLeast, NumberComparisonKind.Above),
            ("maximum", "exclusiveMaximum", NumberComparisonKind.AtMost, NumberComparisonKind.Below),
        })
        {
            bool hasStrict = TryGet(exclusive, out JsonElement bound);
            bool isFlag = bound.ValueKind is JsonValueKind.True or JsonValueKind.False;
            if (TryGet(keyword, out _))
            {
                yield return (isFlag && bound.GetBoolean() ? strict : kind, Number(keyword));
            }

            if (hasStrict && !isFlag)
            {
                yield return (strict, Number(exclusive));
            }
        }
    }

    /// <summary>The divisor of <c>multipleOf</c>, or null.</summary>
    public ExactNumber? Divisor()
    {
        if (!TryGet("multipleOf", out JsonElement value))
        {
            return null;
        }

        ExactNumber divisor = Number("multipleOf");
        return divisor.IsPositive ? divisor : throw Invalid("multipleOf", $"'multipleOf' is {Shorten(value)}; a number above 0 is accepted.");
    }

    /// <summary>What <c>pattern</c> and <c>format</c> demand.</summary>
    public IEnumerable<TextRule> TextRules()
    {
        if (TryGet("pattern", out JsonElement pattern))
        {
            string text = pattern.ValueKind == JsonValueKind.String ? pattern.GetString()! : throw Invalid("pattern", $"'pattern' is {Shorten(pattern)}; a regular expression is accepted.");
            yield return new TextRule($"/{text}/", Pattern("pattern", text), IsNegated: false, "pattern", SchemaPointer.Append(Pointer, "pattern"));
        }

        if (TryGet("format", out JsonElement format) && (Types & SchemaTypes.String) != 0)
        {
            string name = format.ValueKind == JsonValueKind.String ? format.GetString()! : throw Invalid("format", $"'format' is {Shorten(format)}; a string is accepted.");
            if (StringFormats.IsUnsupported(name))
            {
                throw Unsupported("format", $"The format '{name}' is not supported. Supported are {string.Join(", ", StringFormats.Names)}; names that JSON Schema does not define are passed over.");
            }

            if (StringFormats.Find(name) is { } automaton)
            {
                yield return new TextRule($"@{name}", automaton, IsNegated: false, "format", SchemaPointer.Append(Pointer, "format"), StringFormats.MaxLength(name));
            }
        }
    }

    /// <summary>The texts in which a regular expression matches.</summary>
    public TextAutomaton Pattern(string keyword, string pattern)
    {
        try
        {
            return pattern.Length > MaxPatternLength
                ? throw Unsupported(keyword, $"The pattern has {pattern.Length} characters; at most {MaxPatternLength} are supported.")
                : PatternAutomaton.Of(pattern);
        }
        catch (PatternException e)
        {
            string message = $"The pattern '{pattern}' has {e.Message}{(e.IsUnsupported ? ", which is not supported. Supported is what a finite automaton can follow." : "; a regular expression of ECMA-262 is accepted.")}";
            throw e.IsUnsupported ? Unsupported(keyword, message) : Invalid(keyword, message);
        }
        catch (AutomatonTooLargeException e)
        {
            throw Unsupported(keyword, $"The pattern '{pattern}' is too large to follow. {e.Message}");
        }
    }

    /// <summary>Where a string must occur in the span source, or null.</summary>
    public string? SpanPointer()
    {
        if (!TryGet("x-span", out _) || !Flag("x-span"))
        {
            return null;
        }

        return (Types & ~SchemaTypes.Null) is SchemaTypes.String or SchemaTypes.Number or SchemaTypes.Integer
            ? SchemaPointer.Append(Pointer, "x-span")
            : throw Invalid("x-span", "'x-span' is for strings and numbers; a schema with \"type\": \"string\", \"number\" or \"integer\", or one of these or null, is accepted.");
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

    private ExactNumber Number(string keyword)
    {
        JsonElement value = _values[keyword];
        return value.ValueKind == JsonValueKind.Number ? ExactNumber.Parse(value.GetRawText()) : throw Invalid(keyword, $"'{keyword}' is {Shorten(value)}; a number is accepted.");
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
