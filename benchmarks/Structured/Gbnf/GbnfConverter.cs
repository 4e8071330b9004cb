using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>Writes a JSON schema as GBNF by the rules of llama.cpp's <c>json-schema-to-grammar</c>, white space included; a keyword that is not known here is refused.</summary>
internal sealed class GbnfConverter
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly HashSet<string> Annotations =
        ["$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"];

    private static readonly Dictionary<string, (string Rule, string[] Uses)> Primitives = new()
    {
        ["space"] = ("""| " " | "\n"{1,2} [ \t]{0,20}""", []),
        ["boolean"] = ("""("true" | "false") space""", []),
        ["decimal-part"] = ("[0-9]{1,16}", []),
        ["integral-part"] = ("[0] | [1-9] [0-9]{0,15}", []),
        ["number"] = ("""("-"? integral-part) ("." decimal-part)? ([eE] [-+]? integral-part)? space""", ["integral-part", "decimal-part"]),
        ["integer"] = ("""("-"? integral-part) space""", ["integral-part"]),
        ["value"] = ("object | array | string | number | boolean | null", ["object", "array", "string", "number", "boolean", "null"]),
        ["object"] = (""" "{" space ( string ":" space value ("," space string ":" space value)* )? "}" space""", ["string", "value"]),
        ["array"] = (""" "[" space ( value ("," space value)* )? "]" space""", ["value"]),
        ["char"] = ("""[^"\\\x7F\x00-\x1F] | [\\] (["\\bfnrt] | "u" [0-9a-fA-F]{4})""", []),
        ["string"] = (""" "\"" char* "\"" space""", ["char"]),
        ["null"] = (""" "null" space""", []),
        ["date"] = ("""[0-9]{4} "-" ( "0" [1-9] | "1" [0-2] ) "-" ( "0" [1-9] | [1-2] [0-9] | "3" [0-1] )""", []),
        ["time"] = ("""([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ( "." [0-9]{3} )? ( "Z" | ( "+" | "-" ) ( [01] [0-9] | "2" [0-3] ) ":" [0-5] [0-9] )""", []),
        ["date-time"] = ("""date "T" time""", ["date", "time"]),
    };

    private readonly JsonElement _root;
    private readonly Dictionary<string, string> _rules = [];
    private readonly Dictionary<string, string> _references = [];

    private GbnfConverter(JsonElement root) => _root = root;

    /// <exception cref="ContenderException">The schema has a keyword or reference that is not known here.</exception>
    internal static string Convert(JsonElement schema)
    {
        GbnfConverter converter = new(schema);
        string root = converter.Node(schema, "root");
        converter._rules["root"] = root;
        converter.Use("space");
        return string.Concat(converter._rules.Select(r => $"{r.Key} ::= {r.Value.Trim()}\n"));
    }

    /// <summary>The body of the rule for a schema.</summary>
    private string Node(JsonElement schema, string name)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return schema.ValueKind == JsonValueKind.True ? Use("value") : throw new ContenderException("The converter to GBNF knows no schema that is false.");
        }

        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            return Reference(reference.GetString()!);
        }

        foreach (string union in (string[])["anyOf", "oneOf"])
        {
            if (schema.TryGetProperty(union, out JsonElement alternatives))
            {
                Know(schema, union, "type");
                return string.Join(" | ", alternatives.EnumerateArray().Select((a, i) => Rule(a, $"{name}-{i}")));
            }
        }

        if (schema.TryGetProperty("const", out JsonElement constant))
        {
            Know(schema, "const", "type");
            return $"{Literal(constant)} space";
        }

        if (schema.TryGetProperty("enum", out JsonElement values))
        {
            Know(schema, "enum", "type");
            return $"({string.Join(" | ", values.EnumerateArray().Select(Literal))}) space";
        }

        if (!schema.TryGetProperty("type", out JsonElement type))
        {
            return schema.TryGetProperty("properties", out _) ? Object(schema, name) : Any(schema);
        }

        return type.ValueKind == JsonValueKind.Array
            ? string.Join(" | ", type.EnumerateArray().Select(t => Add($"{name}-{t.GetString()}", Typed(schema, t.GetString()!, name))))
            : Typed(schema, type.GetString()!, name);
    }

    private string Typed(JsonElement schema, string type, string name)
    {
        switch (type)
        {
            case "object":
                return Object(schema, name);
            case "array":
                return Array(schema, name);
            case "string":
                return String(schema);
            default:
                Know(schema, "type");
                return Use(type is "number" or "integer" or "boolean" or "null" ? type : throw new ContenderException($"The converter to GBNF knows no type \"{type}\"."));
        }
    }

    private string Any(JsonElement schema)
    {
        Know(schema);
        return Use("value");
    }

    private string String(JsonElement schema)
    {
        Know(schema, "type", "minLength", "maxLength", "format");
        if (schema.TryGetProperty("format", out JsonElement format) && format.GetString() is "date" or "time" or "date-time")
        {
            return $""" "\"" {Use(format.GetString()!)} "\"" space""";
        }

        return Number(schema, "minLength") is null && Number(schema, "maxLength") is null
            ? Use("string")
            : $""" "\"" {Repeat(Use("char"), Number(schema, "minLength") ?? 0, Number(schema, "maxLength"))} "\"" space""";
    }

    private string Array(JsonElement schema, string name)
    {
        Know(schema, "type", "items", "minItems", "maxItems");
        if (!schema.TryGetProperty("items", out JsonElement items))
        {
            return Use("array");
        }

        string item = Rule(items, $"{name}-item");
        int least = Number(schema, "minItems") ?? 0;
        int? most = Number(schema, "maxItems");
        string list = most == 0 ? "" : $"{item} {Repeat($"""("," space {item})""", Math.Max(0, least - 1), most - 1)}";
        return $""" "[" space {(least == 0 && list.Length > 0 ? $"({list})?" : list)} "]" space""";
    }

    private string Object(JsonElement schema, string name)
    {
        Know(schema, "type", "properties", "required", "additionalProperties");
        List<string> required = schema.TryGetProperty("required", out JsonElement names) ? [.. names.EnumerateArray().Select(n => n.GetString()!)] : [];
        bool hasProperties = schema.TryGetProperty("properties", out JsonElement properties);
        bool isOpen = schema.TryGetProperty("additionalProperties", out JsonElement additional) && additional.ValueKind != JsonValueKind.False;
        if (!hasProperties && additional.ValueKind is JsonValueKind.Undefined or JsonValueKind.True)
        {
            return Use("object");
        }

        List<(string Key, string Pair)> always = [];
        List<(string Key, string Pair)> sometimes = [];
        foreach (JsonProperty property in hasProperties ? properties.EnumerateObject().ToArray() : [])
        {
            string part = $"{name}-{Safe(property.Name)}";
            string pair = Add($"{part}-kv", $"""{Quote(JsonSerializer.Serialize(property.Name, Readable))} space ":" space {Rule(property.Value, part)}""");
            (required.Contains(property.Name) ? always : sometimes).Add((property.Name, pair));
        }

        if (isOpen)
        {
            sometimes.Add(("*", Add($"{name}-additional-kv", $"""{Use("string")} ":" space {Rule(additional, $"{name}-additional")}""")));
        }

        string body = string.Join(""" "," space """, always.Select(p => p.Pair));
        if (sometimes.Count > 0)
        {
            string rest = string.Join(" | ", sometimes.Select((_, i) => Rest(sometimes[i..], name, false)));
            body += always.Count > 0 ? $""" ( "," space ( {rest} ) )?""" : $" ({rest})?";
        }

        return $$""" "{" space {{body}} "}" space""";
    }

    /// <summary>Optional properties in their order, any of which may be left out.</summary>
    private string Rest(List<(string Key, string Pair)> properties, string name, bool isOptional)
    {
        (string key, string pair) = properties[0];
        string comma = $"""( "," space {pair} )""";
        string result = isOptional ? comma + (key == "*" ? "*" : "?") : key == "*" ? $"{pair} {comma}*" : pair;
        return properties.Count == 1 ? result : $"{result} {Add($"{name}-{Safe(key)}-rest", Rest(properties[1..], name, true))}";
    }

    private string Reference(string pointer)
    {
        if (_references.TryGetValue(pointer, out string? known))
        {
            return known;
        }

        JsonElement target = _root;
        foreach (string part in pointer.StartsWith('#') ? pointer[1..].Split('/', StringSplitOptions.RemoveEmptyEntries) : [""])
        {
            string key = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (target.ValueKind != JsonValueKind.Object || !target.TryGetProperty(key, out target))
            {
                throw new ContenderException($"The converter to GBNF finds no \"{pointer}\" in the schema.");
            }
        }

        string name = $"ref{_references.Count}";
        _references.Add(pointer, name);
        _rules[name] = Node(target, name);
        return name;
    }

    private string Rule(JsonElement schema, string name) => Add(name, Node(schema, name));

    private string Add(string name, string body)
    {
        // A rule that only names another one needs no name of its own.
        if (body.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            return body;
        }

        string free = name;
        for (int i = 2; _rules.TryGetValue(free, out string? other) && other != body; i++)
        {
            free = $"{name}-{i}";
        }

        _rules[free] = body;
        return free;
    }

    private string Use(string primitive)
    {
        if (_rules.TryAdd(primitive, Primitives[primitive].Rule))
        {
            foreach (string used in Primitives[primitive].Uses)
            {
                Use(used);
            }
        }

        return primitive;
    }

    private static void Know(JsonElement schema, params string[] keywords)
    {
        foreach (JsonProperty property in schema.EnumerateObject())
        {
            if (!keywords.Contains(property.Name) && !Annotations.Contains(property.Name) && !property.Name.StartsWith("x-", StringComparison.Ordinal))
            {
                throw new ContenderException($"The converter to GBNF does not know \"{property.Name}\" here.");
            }
        }
    }

    private static int? Number(JsonElement schema, string key) => schema.TryGetProperty(key, out JsonElement value) ? value.GetInt32() : null;

    private static string Repeat(string item, int least, int? most) => (least, most) switch
    {
        (_, 0) => "",
        (0, null) => $"{item}*",
        (1, null) => $"{item}+",
        (0, 1) => $"{item}?",
        (_, null) => $"{item}{{{least},}}",
        _ => $"{item}{{{least},{most}}}",
    };

    private static string Safe(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));

    private static string Literal(JsonElement value) => Quote(JsonSerializer.Serialize(value, Readable));

    private static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch { '\n' => "\\n", '\r' => "\\r", '"' => "\\\"", '\\' => "\\\\", _ => c.ToString() });
        }

        return quoted.Append('"').ToString();
    }
}
