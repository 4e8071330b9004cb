using System.Text.Json;

namespace HeteroAgent;

/// <summary>Reads a schema's keywords into <see cref="CompiledSchema"/>s; each place is compiled once, so recursive references end.</summary>
internal sealed class SchemaCompiler
{
    private readonly JsonElement _root;
    private readonly Dictionary<string, CompiledSchema> _compiled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _anchors = new(StringComparer.Ordinal);
    private readonly bool _refHidesSiblings;
    private string? _embeddedId;
    private string? _anyRef;

    public SchemaCompiler(JsonElement root)
    {
        _root = root;
        string dialect = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("$schema", out JsonElement uri) ? KeywordValue.Text(uri, "/$schema") : "";
        bool isOld = dialect.Contains("//json-schema.org/draft-07/", StringComparison.Ordinal) || dialect.Contains("//json-schema.org/draft-06/", StringComparison.Ordinal);
        if (dialect.Length > 0 && !isOld && !dialect.Contains("//json-schema.org/draft/20", StringComparison.Ordinal))
        {
            throw new JsonSchemaException("/$schema", $"the dialect '{dialect}' is not supported; supported are draft 2020-12, 2019-09, 7 and 6 of json-schema.org.");
        }

        _refHidesSiblings = isOld;
    }

    public bool HasSpans { get; private set; }

    public CompiledSchema Compile()
    {
        SchemaAnchors.Collect(_root, "", _anchors);
        CompiledSchema root = Schema(_root, "");
        if (_embeddedId is not null && _anyRef is not null)
        {
            throw new JsonSchemaException(_embeddedId, "an embedded $id changes what a $ref means, which is not supported. Leave it out.");
        }

        SchemaCycle.Refuse(_compiled.Values);
        return root;
    }

    /// <summary>Compiles the subschema at a place; the result may still be under way when the schema refers to itself.</summary>
    public CompiledSchema Schema(JsonElement schema, string pointer)
    {
        if (_compiled.TryGetValue(pointer, out CompiledSchema? known))
        {
            return known;
        }

        CompiledSchema compiled = _compiled[pointer] = new(pointer);
        switch (schema.ValueKind)
        {
            case JsonValueKind.True:
                return compiled;
            case JsonValueKind.False:
                compiled.Checks.Add((in Instance i, ref List<JsonSchemaError>? errors) => Report(i, pointer, "no value is allowed here", ref errors));
                return compiled;
            case JsonValueKind.Object:
                break;
            default:
                throw new JsonSchemaException(pointer, $"expected an object or a boolean, found {schema.GetRawText()}.");
        }

        bool refOnly = _refHidesSiblings && schema.TryGetProperty("$ref", out _);
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            if (!refOnly || keyword.Name is "$ref")
            {
                Keyword(compiled, schema, keyword.Name, keyword.Value, $"{pointer}/{JsonPointer.Escape(keyword.Name)}");
            }
        }

        return compiled;
    }

    public CompiledSchema InPlace(CompiledSchema parent, JsonElement schema, string pointer)
    {
        CompiledSchema compiled = Schema(schema, pointer);
        parent.InPlace.Add(compiled);
        return compiled;
    }

    public static void Report(in Instance instance, string pointer, string message, ref List<JsonSchemaError>? errors) =>
        (errors ??= []).Add(new(instance.Pointer, pointer, message));

    private void Keyword(CompiledSchema compiled, JsonElement schema, string name, JsonElement value, string pointer)
    {
        if (name.StartsWith("x-", StringComparison.Ordinal))
        {
            if (name == "x-span" && value.ValueKind == JsonValueKind.True)
            {
                HasSpans = true;
                compiled.Checks.Add(ValueKeywords.Span(schema, pointer));
            }

            return;
        }

        switch (name)
        {
            case "$schema" or "$comment" or "title" or "description" or "default" or "examples" or "deprecated" or "readOnly" or "writeOnly"
                or "format" or "contentEncoding" or "contentMediaType" or "contentSchema" or "$defs" or "definitions" or "$anchor":
                return;
            case "$id":
                _embeddedId ??= pointer == "/$id" ? null : pointer;
                return;
            case "$ref":
                Reference(compiled, value, pointer);
                return;
            default:
                if (ValueKeywords.TryCompile(name, value, pointer) is { } check
                    || ObjectKeywords.TryCompile(this, compiled, schema, name, value, pointer, out check)
                    || ArrayKeywords.TryCompile(this, schema, name, value, pointer, out check)
                    || LogicKeywords.TryCompile(this, compiled, schema, name, value, pointer, out check))
                {
                    if (check is not null)
                    {
                        compiled.Checks.Add(check);
                    }

                    return;
                }

                throw new JsonSchemaException(pointer, $"the keyword '{name}' is not supported, and ignoring it would let through what it forbids.");
        }
    }

    private void Reference(CompiledSchema compiled, JsonElement value, string pointer)
    {
        string target = KeywordValue.Text(value, pointer);
        if (!target.StartsWith('#'))
        {
            throw new JsonSchemaException(pointer, $"'{target}' refers outside this document; only references that begin with '#' are supported.");
        }

        _anyRef = pointer;
        string fragment = Uri.UnescapeDataString(target[1..]);
        string place = fragment.Length == 0 || fragment[0] == '/' ? fragment
            : _anchors.TryGetValue(fragment, out string? anchored) ? anchored
            : throw new JsonSchemaException(pointer, $"'{target}' names no $anchor of this document.");
        if (!JsonPointer.TryResolve(_root, place, out JsonElement schema))
        {
            throw new JsonSchemaException(pointer, $"'{target}' points at nothing in this document.");
        }

        CompiledSchema referred = InPlace(compiled, schema, place);
        compiled.Checks.Add((in Instance i, ref List<JsonSchemaError>? errors) => referred.Check(i, ref errors));
    }
}
