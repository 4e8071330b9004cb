using System.Text.Json;
using System.Text.Json.Nodes;
using HeteroAgent.TestKit;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Requests and function schemas of the Berkeley Function-Calling Leaderboard, as answers to be written under a schema.</summary>
internal static class FunctionPrompts
{
    internal static IEnumerable<(string Prompt, JsonElement Schema)> Read(int count, string file = "BFCL_v4_live_simple.json")
    {
        foreach (string line in File.ReadLines(SharedData.Require("data", "bfcl", file)))
        {
            JsonNode row = JsonNode.Parse(line)!;
            JsonNode function = row["function"]![0]!;
            JsonNode parameters = function["parameters"]!.DeepClone();
            Rewrite(parameters);
            string text = (string)row["question"]![0]!.AsArray().Last(m => (string)m!["role"]! == "user")!["content"]!;
            JsonElement schema = JsonSerializer.SerializeToElement(parameters);
            if (text.Length > 1500 || !Compiles(schema))
            {
                continue;
            }

            yield return ($"Fill in the arguments of the function {function["name"]} ({function["description"]}) for this request.\n{text}", schema);
            if (--count == 0)
            {
                yield break;
            }
        }
    }

    private static bool Compiles(JsonElement schema)
    {
        try
        {
            return JsonGrammar.Compile(schema) is { } grammar && !ChoiceSet.TryEnumerate(grammar, out _);
        }
        catch (JsonSchemaException)
        {
            return false;
        }
    }

    // The benchmark writes Python's names of types.
    private static void Rewrite(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject o:
                if (o["type"] is JsonValue type && type.TryGetValue(out string? name))
                {
                    string? json = name switch { "dict" => "object", "float" => "number", "tuple" => "array", "any" => null, _ => name };
                    if (json is null)
                    {
                        o.Remove("type");
                    }
                    else
                    {
                        o["type"] = json;
                    }
                }

                o.Select(p => p.Value).ToList().ForEach(Rewrite);
                break;
            case JsonArray a:
                a.ToList().ForEach(Rewrite);
                break;
        }
    }
}
