using System.Globalization;
using System.Text;
using System.Text.Json;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Instances that others wrote, valid and not, against their schemas.</summary>
public class SchemaSuiteTests
{
    [TestCase("maskbench_Glaiveai2K.jsonl", 1480)]
    [TestCase("maskbench_Handwritten.jsonl", 0)]
    [TestCase("maskbench_Synthesized.jsonl", 0)]
    public void Maskbench(string file, int leastCompiled)
    {
        string path = SharedData.Require("data", "maskbench", file);
        Run(File.ReadLines(path).Select(Schemas.Parse), leastCompiled);
    }

    [TestCase("draft7", 40)]
    [TestCase("draft2020-12", 40)]
    public void Official_suite(string draft, int leastCompiled)
    {
        string path = SharedData.Require("data", "json-schema-test-suite", draft);
        Run(Directory.GetFiles(path, "*.json").Order().SelectMany(f => Schemas.Parse(File.ReadAllText(f)).EnumerateArray()), leastCompiled);
    }

    private static void Run(IEnumerable<JsonElement> groups, int leastCompiled)
    {
        int total = 0, compiled = 0, right = 0, validRight = 0, narrower = 0, invalidRight = 0;
        var wrong = new List<string>();
        var refused = new Dictionary<string, int>();
        foreach (JsonElement group in groups)
        {
            total++;
            JsonElement schema = group.GetProperty("schema");
            JsonGrammar? grammar = null;
            string reason = "";
            try
            {
                grammar = JsonGrammar.Compile(schema);
            }
            catch (UnsupportedSchemaException e)
            {
                reason = e.Keyword;
            }
            catch (InvalidSchemaException e)
            {
                reason = "invalid: " + e.Message;
            }

            if (grammar is null)
            {
                refused[reason] = refused.GetValueOrDefault(reason) + 1;
                continue;
            }

            compiled++;
            bool allRight = true;
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                bool valid = test.GetProperty("valid").GetBoolean();
                JsonElement data = test.GetProperty("data");
                string text = Encoding.UTF8.GetString(JsonText.Value(SchemaOrder.Arrange(data, schema, schema)));
                bool accepted = grammar.Allows(text);
                allRight &= accepted == valid;
                if (accepted == valid)
                {
                    _ = valid ? validRight++ : invalidRight++;
                }
                else if (valid && SchemaOrder.HasUndeclared(data, schema, schema))
                {
                    narrower++;
                }
                else
                {
                    wrong.Add(string.Create(CultureInfo.InvariantCulture, $"valid={valid} {text} under {schema.GetRawText()}"));
                }
            }

            right += allRight ? 1 : 0;
        }

        TestContext.Out.WriteLine($"{total} schemas, {compiled} compiled, {right} with every instance right; instances: {validRight} valid accepted, {invalidRight} invalid refused, {narrower} valid refused for properties that the schema does not declare, {wrong.Count} wrong");
        TestContext.Out.WriteLine("refused for: " + string.Join("; ", refused.OrderByDescending(r => r.Value).Take(25).Select(r => $"{r.Key} {r.Value}")));
        Assert.That(wrong, Is.Empty);
        Assert.That(compiled, Is.GreaterThanOrEqualTo(leastCompiled));
    }
}
