using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>Compiles one schema document into the nodes of a grammar. The wanted types are handed down, so that a <c>type</c> beside a reference or an alternative restricts what lies behind it.</summary>
internal sealed partial class SchemaCompiler
{
    // A schema deeper than this was not written by hand, and each level costs stack.
    private const int MaxSchemaDepth = 256;

    private readonly GrammarBuilder _builder;
    private readonly JsonElement _root;
    private readonly Dictionary<(string Pointer, SchemaTypes Types), ChoiceNode> _references = [];
    private int _depth;

    private SchemaCompiler(GrammarBuilder builder, JsonElement root)
    {
        _builder = builder;
        _root = root;
    }

    /// <summary>Compiles a schema to a grammar.</summary>
    public static JsonGrammar Compile(JsonElement schema)
    {
        var builder = new GrammarBuilder();
        return builder.Build(CompileInto(builder, schema, SchemaTypes.All));
    }

    /// <summary>A grammar of every value of some types.</summary>
    public static JsonGrammar CompileAny(SchemaTypes types)
    {
        var builder = new GrammarBuilder();
        return builder.Build(builder.Any(types, "#"));
    }

    /// <summary>Compiles a schema document as a part of a grammar; its references are resolved within it.</summary>
    public static GrammarNode CompileInto(GrammarBuilder builder, JsonElement schema, SchemaTypes types)
    {
        try
        {
            return new SchemaCompiler(builder, schema).Reference("#", schema, types);
        }
        catch (InvalidOperationException e) when (e.Source == "System.Text.Json.Rethrowable")
        {
            // Thrown where a string is read whose escapes are not Unicode text.
            throw new InvalidSchemaException("#", "The schema holds a string with a lone surrogate, which is not Unicode text; whole characters are accepted.");
        }
    }

    // Every use of a referenced schema shares one node, which is how recursion is tied.
    private ChoiceNode Reference(string pointer, JsonElement target, SchemaTypes types)
    {
        if (!_references.TryGetValue((pointer, types), out ChoiceNode? node))
        {
            node = _builder.Add(new ChoiceNode { Pointer = pointer });
            _references.Add((pointer, types), node);
            node.Alternatives = [Schema(target, pointer, types)];
        }

        return node;
    }

    private GrammarNode Schema(JsonElement schema, string pointer, SchemaTypes types)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.True:
                return _builder.Any(types, pointer);
            case JsonValueKind.False:
                return _builder.Add(new NothingNode("The schema is false, which no value satisfies.") { Pointer = pointer });
            case JsonValueKind.Object:
                break;
            default:
                throw new InvalidSchemaException(pointer, $"The schema at {pointer} is {SchemaKeywords.Shorten(schema)}; an object or a boolean is accepted.");
        }

        if (++_depth > MaxSchemaDepth)
        {
            throw new InvalidSchemaException(pointer, $"The schema nests deeper than {MaxSchemaDepth} levels.");
        }

        var keywords = new SchemaKeywords(schema, pointer);
        types &= keywords.Types;
        GrammarNode node =
            keywords.TryGet("enum", out _) || keywords.TryGet("const", out _) ? Literals(schema, keywords, types)
            : keywords.TryGet("$ref", out JsonElement reference) ? Reference(reference, keywords, types)
            : keywords.TryGet("anyOf", out _) ? AnyOf(keywords, types)
            : Typed(keywords, types);
        _depth--;
        return node;
    }

    private ChoiceNode Reference(JsonElement reference, SchemaKeywords keywords, SchemaTypes types)
    {
        (string pointer, JsonElement target) = Resolve(_root, reference, keywords);
        keywords.RequireAlone("$ref", target);
        return Reference(pointer, target, types);
    }

    /// <summary>Finds the schema that a reference names.</summary>
    internal static (string Pointer, JsonElement Target) Resolve(JsonElement root, JsonElement reference, SchemaKeywords keywords)
    {
        if (reference.ValueKind != JsonValueKind.String)
        {
            throw keywords.Invalid("$ref", $"'$ref' is {SchemaKeywords.Shorten(reference)}; a string such as \"#/$defs/name\" is accepted.");
        }

        string name = reference.GetString()!;
        if (!name.StartsWith('#') || (name.Length > 1 && name[1] != '/'))
        {
            throw keywords.Unsupported("$ref", $"The reference '{name}' leaves the document or names an anchor, which is not supported. Supported are '#' and '#/…', such as '#/$defs/name'.");
        }

        return SchemaPointer.TryResolve(root, name, out string pointer, out JsonElement target)
            ? (pointer, target)
            : throw keywords.Invalid("$ref", $"The reference '{name}' points at nothing in the schema.");
    }

    private ChoiceNode AnyOf(SchemaKeywords keywords, SchemaTypes types)
    {
        keywords.RequireAlone("anyOf");
        JsonElement branches = keywords.Array("anyOf", mayBeEmpty: false);
        string pointer = SchemaPointer.Append(keywords.Pointer, "anyOf");
        var node = _builder.Add(new ChoiceNode { Pointer = pointer });
        node.Alternatives = [.. branches.EnumerateArray().Select((branch, i) => Schema(branch, SchemaPointer.Append(pointer, i), types))];
        return node;
    }

    private GrammarNode Literals(JsonElement schema, SchemaKeywords keywords, SchemaTypes types)
    {
        if (keywords.TryGet("x-span", out JsonElement span) && span.ValueKind != JsonValueKind.False)
        {
            throw keywords.Unsupported("x-span", "The keyword 'x-span' beside 'enum' or 'const' is not supported. Supported is a span or a closed set.");
        }

        IEnumerable<JsonElement> values = keywords.TryGet("enum", out _)
            ? keywords.Array("enum", mayBeEmpty: false).EnumerateArray()
            : [keywords.TryGet("const", out JsonElement constant) ? constant : default];
        var evaluator = new SchemaEvaluator(_root);
        var literals = new List<byte[]>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement value in values)
        {
            // Whatever stands beside the list is asked of each value in turn.
            if ((SchemaEvaluator.TypeOf(value) & types) == 0 || !evaluator.IsValid(value, schema, keywords.Pointer))
            {
                continue;
            }

            byte[] literal = JsonText.Value(value);
            if (seen.Add(Convert.ToHexString(literal)))
            {
                literals.Add(literal);
            }
        }

        return literals.Count == 0
            ? _builder.Add(new NothingNode("None of the values of 'enum' or 'const' satisfies what stands beside it.") { Pointer = keywords.Pointer })
            : _builder.Literals(literals, keywords.Pointer);
    }
}
