using System.Text.Json;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Tests;

/// <summary>Real schemas with valid and invalid instances (JSONSchemaBench).</summary>
public sealed class MaskBenchTests
{
    [TestCase("maskbench_Glaiveai2K.jsonl")]
    [TestCase("maskbench_Handwritten.jsonl")]
    [TestCase("maskbench_Synthesized.jsonl")]
    public void Agrees_with_the_labels(string file)
    {
        int schemas = 0;
        int instances = 0;
        List<string> refused = [];
        List<string> wrong = [];
        foreach (string line in File.ReadLines(SharedData.Require("data", "maskbench", file)))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            string id = row.RootElement.GetProperty("id").GetString()!;
            schemas++;
            JsonSchemaValidator validator;
            try
            {
                validator = new(row.RootElement.GetProperty("schema"));
            }
            catch (JsonSchemaException e)
            {
                refused.Add($"{id}: {e.Message}");
                continue;
            }

            foreach (JsonElement test in row.RootElement.GetProperty("tests").EnumerateArray())
            {
                instances++;
                IReadOnlyList<JsonSchemaError> errors = validator.Validate(test.GetProperty("data"));
                if (errors.Count == 0 != test.GetProperty("valid").GetBoolean())
                {
                    wrong.Add($"{id} / {test.GetProperty("description")}: {string.Join("; ", errors)}");
                }
            }
        }

        TestContext.Out.WriteLine($"{schemas} schemas, {refused.Count} refused, {instances} instances, {wrong.Count} wrong\n{string.Join('\n', refused.Take(20))}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(wrong.Take(20), Is.Empty);
            Assert.That(refused.Take(20), Is.Empty);
            Assert.That(instances, Is.GreaterThan(0));
        }
    }
}
