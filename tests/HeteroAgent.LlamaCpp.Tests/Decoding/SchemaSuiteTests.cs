using System.Globalization;
using System.Text.Json;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Instances that others wrote, valid and not, against their schemas, read token by token under the masks of a real vocabulary.</summary>
public class SchemaSuiteTests
{
    [TestCase("maskbench_Glaiveai2K.jsonl", 1707)]
    [TestCase("maskbench_Handwritten.jsonl", 60)]
    [TestCase("maskbench_Synthesized.jsonl", 413)]
    public void Maskbench(string file, int leastRight)
    {
        string path = SharedData.Require("data", "maskbench", file);
        Run(File.ReadLines(path).Select(Schemas.Parse), SchemaDialect.Unstated, leastRight);
    }

    [TestCase("draft7", SchemaDialect.Draft7, 230)]
    [TestCase("draft2020-12", SchemaDialect.Draft2020, 315)]
    public void Official_suite(string draft, object dialect, int leastRight)
    {
        string path = SharedData.Require("data", "json-schema-test-suite", draft);
        Run(Directory.GetFiles(path, "*.json").Order().SelectMany(f => Schemas.Parse(File.ReadAllText(f)).EnumerateArray()), (SchemaDialect)dialect, leastRight);
    }

    private static void Run(IEnumerable<JsonElement> groups, SchemaDialect dialect, int leastRight)
    {
        TrialVocabulary vocabulary = TrialVocabulary.Read(SharedData.Require("models", "SmolLM2-135M-Instruct.Q4_1.gguf"));
        int total = 0, accepted = 0, right = 0, rejected = 0;
        var wrong = new List<string>();
        foreach (JsonElement group in groups)
        {
            total++;
            JsonElement schema = group.GetProperty("schema");
            SchemaTrial trial;
            try
            {
                trial = new SchemaTrial(schema, new SchemaOptions(IsOpen: true, dialect), vocabulary);
            }
            catch (JsonSchemaException e)
            {
                Assert.That(e.JsonPointer, Does.StartWith("#"));
                continue;
            }

            accepted++;
            bool allRight = true;
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                bool valid = test.GetProperty("valid").GetBoolean();
                JsonElement data = test.GetProperty("data");
                bool allowed = trial.Allows(data);
                allRight &= allowed == valid;
                rejected += valid && !allowed ? 1 : 0;
                if (allowed && !valid)
                {
                    wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{trial.TextOf(data)} under {schema.GetRawText()}"));
                }
            }

            right += allRight ? 1 : 0;
        }

        TestContext.Out.WriteLine($"{total} schemas, {accepted} accepted, {right} with every instance right, {rejected} valid instances not read, {wrong.Count} invalid instances read");
        Assert.That(wrong, Is.Empty);
        Assert.That(right, Is.GreaterThanOrEqualTo(leastRight));
    }
}
