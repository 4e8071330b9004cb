using System.Text.Json;

namespace HeteroAgent;

/// <summary>Checks values against one JSON Schema (draft 2020-12, or draft 7 where <c>$schema</c> says so).</summary>
/// <remarks>
/// <para>Immutable and safe for concurrent use. The schema is compiled once.</para>
/// <para>
/// Supported: <c>type, enum, const, properties, patternProperties, additionalProperties, propertyNames, required, dependentRequired, dependentSchemas, dependencies, minProperties, maxProperties,
/// items, prefixItems, additionalItems, contains, minContains, maxContains, minItems, maxItems, uniqueItems, minLength, maxLength</c> (in code points), <c>pattern, minimum, maximum, exclusiveMinimum,
/// exclusiveMaximum, multipleOf, anyOf, oneOf, allOf, not, if, then, else, $ref</c> (within the document), <c>$anchor, $defs, definitions</c>. Numbers are compared exactly.
/// </para>
/// <para>Annotations are ignored: <c>$schema, $id, $comment, title, description, default, examples, deprecated, readOnly, writeOnly, format, contentEncoding, contentMediaType, contentSchema</c> and every keyword that starts with <c>x-</c>. Any other keyword is refused, since ignoring it would pass what it forbids.</para>
/// </remarks>
public sealed class JsonSchemaValidator
{
    private readonly CompiledSchema _root;

    /// <summary>Compiles a schema.</summary>
    /// <param name="schema">The schema: an object or a boolean. It is copied, so its document may be disposed.</param>
    /// <exception cref="JsonSchemaException">The schema is malformed, or has a keyword or reference that is not supported; the message holds its JSON pointer.</exception>
    public JsonSchemaValidator(JsonElement schema)
    {
        SchemaCompiler compiler = new(schema.ValueKind == JsonValueKind.Undefined
            ? throw new JsonSchemaException("", "there is no value; expected an object or a boolean.")
            : schema.Clone());
        _root = compiler.Compile();
        HasSpans = compiler.HasSpans;
    }

    /// <summary>Gets whether the schema ties a value to the input with <c>"x-span": true</c>.</summary>
    public bool HasSpans { get; }

    /// <summary>Checks a value.</summary>
    /// <param name="instance">The value.</param>
    /// <param name="spanSource">The text in which every string under <c>"x-span": true</c> must occur, compared by ordinal, and every number, and string with the <c>format</c> date, time or date-time, be written in some form; <see langword="null"/> to take <c>x-span</c> for an annotation.</param>
    /// <returns>What is wrong with it; empty when it satisfies the schema.</returns>
    public IReadOnlyList<JsonSchemaError> Validate(JsonElement instance, string? spanSource = null)
    {
        List<JsonSchemaError>? errors = null;
        _root.Check(new(instance, null, spanSource), ref errors);
        return errors ?? (IReadOnlyList<JsonSchemaError>)[];
    }

    /// <summary>Checks a JSON text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="spanSource">The text in which every value under <c>"x-span": true</c> must occur; <see langword="null"/> to take <c>x-span</c> for an annotation.</param>
    /// <returns>What is wrong with it, or that it is not JSON; empty when it satisfies the schema.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="json"/> is <see langword="null"/>.</exception>
    public IReadOnlyList<JsonSchemaError> Validate(string json, string? spanSource = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Validate(document.RootElement, spanSource);
        }
        catch (JsonException e)
        {
            return [new("", "", $"not JSON: {e.Message}")];
        }
    }
}
