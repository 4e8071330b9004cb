using System.Text.Json.Nodes;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Draws schemas from all supported keywords.</summary>
internal sealed class RandomSchema(Random random)
{
    private static readonly string[] Words = ["a", "ab", "abc", "b", "name", "é", "日本", "x\"y", "line\nbreak", "", "tru", "12", "a b"];

    /// <summary>A schema with definitions, one of which may be recursive.</summary>
    public JsonObject Next()
    {
        JsonObject root = Schema(3);
        var definitions = new JsonObject { ["s"] = Schema(1), ["r"] = Object(2) };
        if (random.Next(2) == 0)
        {
            root = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["v"] = root, ["next"] = new JsonObject { ["$ref"] = "#" } }, ["required"] = new JsonArray("v") };
        }

        root["$defs"] = definitions;
        return root;
    }

    private JsonObject Schema(int depth)
    {
        int kind = random.Next(depth > 0 ? 14 : 9);
        return kind switch
        {
            0 => new JsonObject { ["type"] = "boolean" },
            1 => new JsonObject { ["type"] = random.Next(2) == 0 ? "integer" : "number" },
            2 => new JsonObject { ["type"] = "null" },
            3 or 4 => Text(),
            5 => new JsonObject { ["enum"] = new JsonArray([.. Enumerable.Range(0, 1 + random.Next(5)).Select(_ => Value(2))]) },
            6 => new JsonObject { ["const"] = Value(2) },
            7 => new JsonObject { ["type"] = new JsonArray("string", "null", "number") },
            8 => random.Next(3) == 0 ? [] : new JsonObject { ["$ref"] = random.Next(2) == 0 ? "#/$defs/s" : "#/$defs/r" },
            9 or 10 => Object(depth - 1),
            11 or 12 => Array(depth - 1),
            _ => new JsonObject { ["anyOf"] = new JsonArray([.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Schema(depth - 1))]) },
        };
    }

    private JsonObject Text()
    {
        int least = random.Next(4);
        var schema = new JsonObject { ["type"] = "string" };
        if (random.Next(2) == 0)
        {
            schema["minLength"] = least;
        }

        if (random.Next(2) == 0)
        {
            schema["maxLength"] = least + random.Next(4);
        }

        return schema;
    }

    private JsonObject Object(int depth)
    {
        string[] names = [.. Words.Where(_ => random.Next(3) == 0)];
        var schema = new JsonObject { ["type"] = "object" };
        if (names.Length > 0)
        {
            schema["properties"] = new JsonObject(names.Select(n => KeyValuePair.Create<string, JsonNode?>(n, Schema(depth))));
            schema["required"] = new JsonArray([.. names.Where(_ => random.Next(2) == 0).Select(n => JsonValue.Create(n))]);
        }

        if (random.Next(2) == 0)
        {
            schema["additionalProperties"] = false;
        }

        return schema;
    }

    private JsonObject Array(int depth)
    {
        int least = random.Next(3);
        var schema = new JsonObject { ["type"] = "array", ["items"] = Schema(depth), ["minItems"] = least };
        if (random.Next(2) == 0)
        {
            schema["maxItems"] = least + random.Next(3);
        }

        return schema;
    }

    private JsonNode? Value(int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(2) == 0),
        2 => JsonValue.Create(random.Next(200) - 100),
        3 => JsonValue.Create(0.25 + random.Next(20)),
        4 => JsonValue.Create(Words[random.Next(Words.Length)]),
        5 => new JsonArray(Value(depth - 1), Value(depth - 1)),
        _ => new JsonObject { ["k"] = Value(depth - 1) },
    };
}
