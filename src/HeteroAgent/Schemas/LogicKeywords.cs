using System.Text.Json;

namespace HeteroAgent;

/// <summary>The keywords that combine schemas.</summary>
internal static class LogicKeywords
{
    public static bool TryCompile(SchemaCompiler compiler, CompiledSchema parent, JsonElement schema, string name, JsonElement value, string pointer, out SchemaCheck? check)
    {
        switch (name)
        {
            case "allOf":
                CompiledSchema[] all = Schemas(compiler, parent, value, pointer);
                check = (in Instance i, ref List<JsonSchemaError>? errors) =>
                {
                    foreach (CompiledSchema one in all)
                    {
                        one.Check(i, ref errors);
                    }
                };
                return true;
            case "anyOf":
                check = Matching(Schemas(compiler, parent, value, pointer), pointer, exactlyOne: false);
                return true;
            case "oneOf":
                check = Matching(Schemas(compiler, parent, value, pointer), pointer, exactlyOne: true);
                return true;
            case "not":
                CompiledSchema forbidden = compiler.InPlace(parent, value, pointer);
                check = (in Instance i, ref List<JsonSchemaError>? errors) =>
                {
                    if (forbidden.Accepts(i))
                    {
                        SchemaCompiler.Report(i, pointer, $"{ValueKeywords.Shown(i.Value)} is what the schema forbids", ref errors);
                    }
                };
                return true;
            case "if":
                check = Condition(compiler, parent, schema, value, pointer);
                return true;
            case "then" or "else":
                _ = compiler.InPlace(parent, value, pointer);
                check = null;
                return true;
            default:
                check = null;
                return false;
        }
    }

    private static CompiledSchema[] Schemas(SchemaCompiler compiler, CompiledSchema parent, JsonElement value, string pointer)
    {
        JsonElement[] list = KeywordValue.List(value, pointer);
        return list.Length > 0
            ? [.. list.Select((s, i) => compiler.InPlace(parent, s, $"{pointer}/{i}"))]
            : throw new JsonSchemaException(pointer, "expected at least one schema, found an empty array.");
    }

    private static SchemaCheck Matching(CompiledSchema[] schemas, string pointer, bool exactlyOne) => (in Instance i, ref List<JsonSchemaError>? errors) =>
    {
        int found = 0;
        foreach (CompiledSchema schema in schemas)
        {
            if (schema.Accepts(i) && (++found > 1 || !exactlyOne))
            {
                break;
            }
        }

        if (found != 1)
        {
            SchemaCompiler.Report(i, pointer, found == 0 ? $"{ValueKeywords.Shown(i.Value)} satisfies none of the {schemas.Length} alternatives" : $"{ValueKeywords.Shown(i.Value)} satisfies more than one alternative", ref errors);
        }
    };

    private static SchemaCheck Condition(SchemaCompiler compiler, CompiledSchema parent, JsonElement schema, JsonElement value, string pointer)
    {
        string place = pointer[..^"/if".Length];
        CompiledSchema condition = compiler.InPlace(parent, value, pointer);
        CompiledSchema? then = schema.TryGetProperty("then", out JsonElement t) ? compiler.InPlace(parent, t, place + "/then") : null;
        CompiledSchema? otherwise = schema.TryGetProperty("else", out JsonElement e) ? compiler.InPlace(parent, e, place + "/else") : null;
        return (in Instance i, ref List<JsonSchemaError>? errors) => (condition.Accepts(i) ? then : otherwise)?.Check(i, ref errors);
    }
}
