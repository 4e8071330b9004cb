using System.Text.Json;
using System.Text.RegularExpressions;

namespace HeteroAgent;

/// <summary>The keywords that look at a single value: its type, and strings and numbers.</summary>
internal static class ValueKeywords
{
    public static SchemaCheck? TryCompile(string name, JsonElement value, string pointer) => name switch
    {
        "type" => Type(value, pointer),
        "enum" => Enum(value, pointer),
        "const" => Const(value, pointer),
        "minLength" => Length(KeywordValue.Count(value, pointer), least: true, pointer),
        "maxLength" => Length(KeywordValue.Count(value, pointer), least: false, pointer),
        "pattern" => Pattern(value, pointer),
        "minimum" => Bound(value, pointer, "at least", static order => order >= 0),
        "maximum" => Bound(value, pointer, "at most", static order => order <= 0),
        "exclusiveMinimum" => Bound(value, pointer, "more than", static order => order > 0),
        "exclusiveMaximum" => Bound(value, pointer, "less than", static order => order < 0),
        "multipleOf" => MultipleOf(value, pointer),
        _ => null,
    };

    /// <summary>The value must stand in the input: a string as it is, a number, date or time in some written form.</summary>
    public static SchemaCheck Span(JsonElement schema, string pointer)
    {
        string? format = schema.TryGetProperty("format", out JsonElement name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
        return (in Instance i, ref List<JsonSchemaError>? errors) =>
        {
            if (i.SpanSource is { } source && !SpanValues.Holds(source, i.Value, format))
            {
                SchemaCompiler.Report(i, pointer, $"{Shown(i.Value)} does not occur in the input", ref errors);
            }
        };
    }

    public static string Shown(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 80 ? text : text[..77] + "...";
    }

    /// <summary>Compiles the regular expression of a keyword.</summary>
    public static Regex Regex(string pattern, string pointer)
    {
        try
        {
            return EcmaPattern.Compile(pattern);
        }
        catch (ArgumentException e)
        {
            throw new JsonSchemaException(pointer, $"'{pattern}' is not a regular expression: {e.Message}");
        }
    }

    public static bool IsMatch(Regex regex, string text, string pointer)
    {
        try
        {
            return regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new JsonSchemaException(pointer, $"'{regex}' takes longer than {regex.MatchTimeout.TotalSeconds} s on a text of {text.Length} characters.");
        }
    }

    private static SchemaCheck Type(JsonElement value, string pointer)
    {
        string[] types = value.ValueKind == JsonValueKind.String ? [value.GetString()!] : KeywordValue.Names(value, pointer);
        if (types.Length == 0 || types.FirstOrDefault(static t => t is not ("null" or "boolean" or "object" or "array" or "number" or "string" or "integer")) is not null)
        {
            throw new JsonSchemaException(pointer, $"expected null, boolean, object, array, number, integer, string or a list of these, found {value.GetRawText()}.");
        }

        return (in Instance i, ref List<JsonSchemaError>? errors) =>
        {
            foreach (string type in types)
            {
                if (IsOf(type, i.Value))
                {
                    return;
                }
            }

            SchemaCompiler.Report(i, pointer, $"expected {string.Join(" or ", types)}, found {Shown(i.Value)}", ref errors);
        };
    }

    private static bool IsOf(string type, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => type is "null",
        JsonValueKind.True or JsonValueKind.False => type is "boolean",
        JsonValueKind.Object => type is "object",
        JsonValueKind.Array => type is "array",
        JsonValueKind.String => type is "string",
        JsonValueKind.Number => type is "number" || (type is "integer" && (value.TryGetInt64(out _) || ExactNumber.Parse(value.GetRawText()).IsInteger)),
        _ => false,
    };

    private static SchemaCheck Enum(JsonElement value, string pointer)
    {
        JsonElement[] allowed = KeywordValue.List(value, pointer);
        return (in Instance i, ref List<JsonSchemaError>? errors) =>
        {
            foreach (JsonElement one in allowed)
            {
                if (JsonElement.DeepEquals(one, i.Value))
                {
                    return;
                }
            }

            SchemaCompiler.Report(i, pointer, $"{Shown(i.Value)} is none of {Shown(value)}", ref errors);
        };
    }

    private static SchemaCheck Const(JsonElement value, string pointer) => (in Instance i, ref List<JsonSchemaError>? errors) =>
    {
        if (!JsonElement.DeepEquals(value, i.Value))
        {
            SchemaCompiler.Report(i, pointer, $"expected {Shown(value)}, found {Shown(i.Value)}", ref errors);
        }
    };

    private static SchemaCheck Length(int limit, bool least, string pointer) => (in Instance i, ref List<JsonSchemaError>? errors) =>
    {
        if (i.Value.ValueKind == JsonValueKind.String && i.Value.GetString()!.EnumerateRunes().Count() is var length && (least ? length < limit : length > limit))
        {
            SchemaCompiler.Report(i, pointer, $"expected {(least ? "at least" : "at most")} {limit} characters, found {length}", ref errors);
        }
    };

    private static SchemaCheck Pattern(JsonElement value, string pointer)
    {
        Regex regex = Regex(KeywordValue.Text(value, pointer), pointer);
        return (in Instance i, ref List<JsonSchemaError>? errors) =>
        {
            if (i.Value.ValueKind == JsonValueKind.String && !IsMatch(regex, i.Value.GetString()!, pointer))
            {
                SchemaCompiler.Report(i, pointer, $"{Shown(i.Value)} does not match {value.GetString()}", ref errors);
            }
        };
    }

    private static SchemaCheck Bound(JsonElement value, string pointer, string words, Func<int, bool> holds)
    {
        ExactNumber bound = KeywordValue.Number(value, pointer);
        return (in Instance i, ref List<JsonSchemaError>? errors) =>
        {
            if (i.Value.ValueKind == JsonValueKind.Number && !holds(ExactNumber.Compare(ExactNumber.Parse(i.Value.GetRawText()), bound)))
            {
                SchemaCompiler.Report(i, pointer, $"expected {words} {value.GetRawText()}, found {Shown(i.Value)}", ref errors);
            }
        };
    }

    private static SchemaCheck MultipleOf(JsonElement value, string pointer)
    {
        ExactNumber divisor = KeywordValue.Number(value, pointer);
        if (!divisor.IsPositive)
        {
            throw new JsonSchemaException(pointer, $"expected a number above 0, found {value.GetRawText()}.");
        }

        return (in Instance i, ref List<JsonSchemaError>? errors) =>
        {
            if (i.Value.ValueKind == JsonValueKind.Number && !ExactNumber.Parse(i.Value.GetRawText()).IsMultipleOf(divisor))
            {
                SchemaCompiler.Report(i, pointer, $"expected a multiple of {value.GetRawText()}, found {Shown(i.Value)}", ref errors);
            }
        };
    }
}
