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
                bool valid = test.GetProperty("valid").GetBoolean();

                // The labels take format for an assertion; in draft 2020-12 it is an annotation.
                if (errors.Count == 0 != valid && (valid || !line.Contains("\"format\":", StringComparison.Ordinal)))
                {
                    wrong.Add($"{id} / {test.GetProperty("description")}: {string.Join("; ", errors)}");
                }
            }
        }

        TestContext.Out.WriteLine($"{schemas} schemas, {refused.Count} refused, {instances} instances, {wrong.Count} wrong\n{string.Join('\n', refused.Take(20))}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(wrong.Take(20), Is.Empty);
            Assert.That(refused.Where(static r => !r.Contains("is not supported, and ignoring it", StringComparison.Ordinal)), Is.Empty);
            Assert.That(refused, Has.Count.LessThan(schemas / 3), "only schemas with keywords of nobody's dialect are refused");
            Assert.That(instances, Is.GreaterThan(0));
        }
    }
}
