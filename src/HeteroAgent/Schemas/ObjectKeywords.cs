using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HeteroAgent;

/// <summary>The keywords that look at an object's members.</summary>
internal static class ObjectKeywords
{
    public static bool TryCompile(SchemaCompiler compiler, CompiledSchema parent, JsonElement schema, string name, JsonElement value, string pointer, out SchemaCheck? check)
    {
        check = name switch
        {
            "properties" => Properties(compiler, value, pointer),
            "patternProperties" => PatternProperties(compiler, value, pointer),
            "additionalProperties" => AdditionalProperties(compiler, schema, value, pointer),
            "propertyNames" => PropertyNames(compiler, value, pointer),
            "required" => Required(KeywordValue.Names(value, pointer), pointer),
            "dependentRequired" => DependentRequired(value, pointer),
            "dependentSchemas" => DependentSchemas(compiler, parent, value, pointer),
            "dependencies" => Dependencies(compiler, parent, value, pointer),
            "minProperties" => Count(KeywordValue.Count(value, pointer), least: true, pointer),
            "maxProperties" => Count(KeywordValue.Count(value, pointer), least: false, pointer),
            _ => null,
        };
        return check is not null;
    }

    private static SchemaCheck Properties(SchemaCompiler compiler, JsonElement value, string pointer)
    {
        FrozenDictionary<string, CompiledSchema> members = Distinct(KeywordValue.Map(value, pointer), pointer)
            .ToFrozenDictionary(static p => p.Name, p => compiler.Schema(p.Value, $"{pointer}/{JsonPointer.Escape(p.Name)}"), StringComparer.Ordinal);
        return (in Instance i, ref List<JsonSchemaError>? errors) =>
        {
            if (i.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (JsonProperty member in i.Value.EnumerateObject())
                {
                    if (members.TryGetValue(member.Name, out CompiledSchema? schema))
                    {
                        schema.Check(i.Property(member.Name, member.Value), ref errors);
                    }
                }
            }
        };
    }

    private static JsonProperty[] Distinct(JsonProperty[] members, string pointer) =>
        members.GroupBy(static m => m.Name, StringComparer.Ordinal).FirstOrDefault(static g => g.Count() > 1) is { } twice
            ? throw new JsonSchemaException(pointer, $"the property '{twice.Key}' is described twice.")
            : members;

    private static SchemaCheck PatternProperties(SchemaCompiler compiler, JsonElement value, string pointer)
    {
        (Regex Regex, CompiledSchema Schema)[] members = [.. KeywordValue.Map(value, pointer).Select(p =>
            (ValueKeywords.Regex(p.Name, $"{pointer}/{JsonPointer.Escape(p.Name)}"), compiler.Schema(p.Value, $"{pointer}/{JsonPointer.Escape(p.Name)}")))];
        return (in Instance i, ref List<JsonSchemaError>? errors) =>
        {
            if (i.Value.ValueKind != JsonValueKind.Object)
            {
                return;
            }

            foreach (JsonProperty member in i.Value.EnumerateObject())
            {
                foreach ((Regex regex, CompiledSchema schema) in members)
                {
                    if (ValueKeywords.IsMatch(regex, member.Name, pointer))
                    {
                        schema.Check(i.Property(member.Name, member.Value), ref errors);
                    }
                }
            }
        };
    }

    private static SchemaCheck AdditionalProperties(SchemaCompiler compiler, JsonElement schema, JsonElement value, string pointer)
    {
        FrozenSet<string> named = schema.TryGetProperty("properties", out JsonElement p) && p.ValueKind == JsonValueKind.Object
            ? p.EnumerateObject().Select(static m => m.Name).ToFrozenSet(StringComparer.Ordinal)
            : FrozenSet<string>.Empty;
        Regex[] patterns = schema.TryGetProperty("patternProperties", out JsonElement pp) && pp.ValueKind == JsonValueKind.Object
            ? [.. pp.EnumerateObject().Select(m => ValueKeywords.Regex(m.Name, pointer))]
            : [];
        CompiledSchema rest = compiler.Schema(value, pointer);
        bool none = value.ValueKind == JsonValueKind.False;
        return (in Instance i, ref List<JsonSchemaError>? errors) =>
        {
            if (i.Value.ValueKind != JsonValueKind.Object)
            {
                return;
            }

            foreach (JsonProperty member in i.Value.EnumerateObject())
            {
                if (named.Contains(member.Name) || Array.Exists(patterns, r => ValueKeywords.IsMatch(r, member.Name, pointer)))
                {
                    continue;
                }

                if (none)
                {
                    SchemaCompiler.Report(i, pointer, $"the property '{member.Name}' is not allowed", ref errors);
                }
                else
                {
                    rest.Check(i.Property(member.Name, member.Value), ref errors);
                }
            }
        };
    }

    private static SchemaCheck PropertyNames(SchemaCompiler compiler, JsonElement value, string pointer)
    {
        CompiledSchema names = compiler.Schema(value, pointer);
        return (in Instance i, ref List<JsonSchemaError>? errors) =>
        {
            if (i.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (JsonProperty member in i.Value.EnumerateObject())
                {
                    using JsonDocument name = JsonDocument.Parse($"\"{JsonEncodedText.Encode(member.Name)}\"");
                    names.Check(i.Property(member.Name, name.RootElement), ref errors);
                }
            }
        };
    }

    private static SchemaCheck Required(string[] names, string pointer, string? because = null) => (in Instance i, ref List<JsonSchemaError>? errors) =>
    {
        if (i.Value.ValueKind != JsonValueKind.Object || (because is not null && !i.Value.TryGetProperty(because, out _)))
        {
            return;
        }

        foreach (string name in names)
        {
            if (!i.Value.TryGetProperty(name, out _))
            {
                SchemaCompiler.Report(i, pointer, $"the property '{name}' is missing{(because is null ? "" : $", which '{because}' needs")}", ref errors);
            }
        }
    };

    private static SchemaCheck DependentRequired(JsonElement value, string pointer) =>
        All([.. KeywordValue.Map(value, pointer).Select(p => Required(KeywordValue.Names(p.Value, $"{pointer}/{JsonPointer.Escape(p.Name)}"), pointer, p.Name))]);

    private static SchemaCheck DependentSchemas(SchemaCompiler compiler, CompiledSchema parent, JsonElement value, string pointer) =>
        All([.. KeywordValue.Map(value, pointer).Select(p => WhenPresent(p.Name, compiler.InPlace(parent, p.Value, $"{pointer}/{JsonPointer.Escape(p.Name)}")))]);

    private static SchemaCheck Dependencies(SchemaCompiler compiler, CompiledSchema parent, JsonElement value, string pointer) =>
        All([.. KeywordValue.Map(value, pointer).Select(p => p.Value.ValueKind == JsonValueKind.Array
            ? Required(KeywordValue.Names(p.Value, $"{pointer}/{JsonPointer.Escape(p.Name)}"), pointer, p.Name)
            : WhenPresent(p.Name, compiler.InPlace(parent, p.Value, $"{pointer}/{JsonPointer.Escape(p.Name)}")))]);

    private static SchemaCheck WhenPresent(string name, CompiledSchema schema) => (in Instance i, ref List<JsonSchemaError>? errors) =>
    {
        if (i.Value.ValueKind == JsonValueKind.Object && i.Value.TryGetProperty(name, out _))
        {
            schema.Check(i, ref errors);
        }
    };

    private static SchemaCheck All(SchemaCheck[] checks) => (in Instance i, ref List<JsonSchemaError>? errors) =>
    {
        foreach (SchemaCheck check in checks)
        {
            check(i, ref errors);
        }
    };

    private static SchemaCheck Count(int limit, bool least, string pointer) => (in Instance i, ref List<JsonSchemaError>? errors) =>
    {
        if (i.Value.ValueKind == JsonValueKind.Object && i.Value.GetPropertyCount() is var count && (least ? count < limit : count > limit))
        {
            SchemaCompiler.Report(i, pointer, $"expected {(least ? "at least" : "at most")} {limit} properties, found {count}", ref errors);
        }
    };
}
