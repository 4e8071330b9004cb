using System.Text.Json;

namespace HeteroAgent;

/// <summary>The keywords that look at an array's items.</summary>
internal static class ArrayKeywords
{
    public static bool TryCompile(SchemaCompiler compiler, JsonElement schema, string name, JsonElement value, string pointer, out SchemaCheck? check)
    {
        switch (name)
        {
            // Draft 7 writes a tuple as an array under items.
            case "prefixItems":
            case "items" when value.ValueKind == JsonValueKind.Array:
                check = Prefix([.. KeywordValue.List(value, pointer).Select((v, i) => compiler.Schema(v, $"{pointer}/{i}"))]);
                return true;
            case "items":
                check = Rest(compiler.Schema(value, pointer), Length(schema, "prefixItems"));
                return true;
            case "additionalItems":
                CompiledSchema additional = compiler.Schema(value, pointer);
                check = schema.TryGetProperty("items", out JsonElement items) && items.ValueKind == JsonValueKind.Array ? Rest(additional, items.GetArrayLength()) : null;
                return true;
            case "contains":
                check = Contains(compiler, schema, value, pointer);
                return true;
            case "minContains" or "maxContains":
                _ = KeywordValue.Count(value, pointer);
                check = null;
                return true;
            case "minItems":
                check = Count(KeywordValue.Count(value, pointer), least: true, pointer);
                return true;
            case "maxItems":
                check = Count(KeywordValue.Count(value, pointer), least: false, pointer);
                return true;
            case "uniqueItems":
                check = KeywordValue.Flag(value, pointer) ? Unique(pointer) : null;
                return true;
            default:
                check = null;
                return false;
        }
    }

    private static int Length(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out JsonElement list) && list.ValueKind == JsonValueKind.Array ? list.GetArrayLength() : 0;

    private static SchemaCheck Prefix(CompiledSchema[] schemas) => (in Instance i, ref List<JsonSchemaError>? errors) =>
    {
        if (i.Value.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in i.Value.EnumerateArray())
            {
                if (index == schemas.Length)
                {
                    return;
                }

                schemas[index].Check(i.Item(index, item), ref errors);
                index++;
            }
        }
    };

    private static SchemaCheck Rest(CompiledSchema schema, int from) => (in Instance i, ref List<JsonSchemaError>? errors) =>
    {
        if (i.Value.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in i.Value.EnumerateArray())
            {
                if (index >= from)
                {
                    schema.Check(i.Item(index, item), ref errors);
                }

                index++;
            }
        }
    };

    private static SchemaCheck Contains(SchemaCompiler compiler, JsonElement schema, JsonElement value, string pointer)
    {
        CompiledSchema wanted = compiler.Schema(value, pointer);
        int least = schema.TryGetProperty("minContains", out JsonElement min) ? KeywordValue.Count(min, pointer) : 1;
        int most = schema.TryGetProperty("maxContains", out JsonElement max) ? KeywordValue.Count(max, pointer) : int.MaxValue;
        return (in Instance i, ref List<JsonSchemaError>? errors) =>
        {
            if (i.Value.ValueKind != JsonValueKind.Array)
            {
                return;
            }

            int found = 0;
            int index = 0;
            foreach (JsonElement item in i.Value.EnumerateArray())
            {
                found += wanted.Accepts(i.Item(index++, item)) ? 1 : 0;
            }

            if (found < least || found > most)
            {
                SchemaCompiler.Report(i, pointer, $"expected {least}{(most == int.MaxValue ? " or more" : $" to {most}")} items of this kind, found {found}", ref errors);
            }
        };
    }

    private static SchemaCheck Count(int limit, bool least, string pointer) => (in Instance i, ref List<JsonSchemaError>? errors) =>
    {
        if (i.Value.ValueKind == JsonValueKind.Array && i.Value.GetArrayLength() is var count && (least ? count < limit : count > limit))
        {
            SchemaCompiler.Report(i, pointer, $"expected {(least ? "at least" : "at most")} {limit} items, found {count}", ref errors);
        }
    };

    private static SchemaCheck Unique(string pointer) => (in Instance i, ref List<JsonSchemaError>? errors) =>
    {
        if (i.Value.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        JsonElement[] items = [.. i.Value.EnumerateArray()];
        for (int a = 1; a < items.Length; a++)
        {
            for (int b = 0; b < a; b++)
            {
                if (JsonElement.DeepEquals(items[a], items[b]))
                {
                    SchemaCompiler.Report(i, pointer, $"items {b} and {a} are equal", ref errors);
                    return;
                }
            }
        }
    };
}
