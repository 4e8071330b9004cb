using System.Text.Json.Nodes;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>Ten functions of the Berkeley Function Calling Leaderboard (simple_python): the question, and the function's parameters as the schema of the answer.</summary>
internal static class FunctionCases
{
    private const int Count = 10;

    internal static IReadOnlyList<StructuredCase> Create()
    {
        string[] lines = File.ReadAllLines(ModelFile.FindShared("data", "bfcl", "BFCL_v4_simple_python.json"));
        return [.. DefaultCases.Spread(lines, Count).Select(Case)];
    }

    private static StructuredCase Case(string line)
    {
        JsonObject row = JsonNode.Parse(line)!.AsObject();
        JsonObject function = row["function"]![0]!.AsObject();
        JsonObject schema = Translate(function["parameters"]!.AsObject());
        function["parameters"] = schema.DeepClone();
        string system = $"Answer with the arguments of a call of this function, as JSON:\n{function.ToJsonString()}";
        return new StructuredCase($"bfcl-{(string)row["id"]!}", DefaultCases.Functions, system, (string)row["question"]![0]![0]!["content"]!, DefaultCases.Schema(schema));
    }

    /// <summary>The set's parameter types are Python's, and it marks optional parameters in a way of its own.</summary>
    private static JsonObject Translate(JsonObject parameters)
    {
        JsonObject schema = [];
        foreach ((string key, JsonNode? value) in parameters)
        {
            switch (key)
            {
                case "type" when (string?)value is "any":
                case "optional" or "default":
                    break;
                case "type":
                    schema[key] = (string?)value switch { "dict" => "object", "float" => "number", "tuple" => "array", var type => type };
                    break;
                case "properties":
                    schema[key] = new JsonObject(value!.AsObject().Select(p => KeyValuePair.Create(p.Key, (JsonNode?)Translate(p.Value!.AsObject()))));
                    break;
                case "items":
                    schema[key] = Translate(value!.AsObject());
                    break;
                default:
                    schema[key] = value?.DeepClone();
                    break;
            }
        }

        if (schema.ContainsKey("properties"))
        {
            schema["additionalProperties"] = false;
        }

        return schema;
    }
}
