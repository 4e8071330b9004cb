using System.Text.Json;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Tests;

/// <summary>The official JSON Schema tests.</summary>
public sealed class JsonSchemaSuiteTests
{
    // What these test as a whole is refused by design: references to other documents (the metaschema too), dialects of one's own, and keywords that depend on the evaluation of others.
    private static readonly string[] RefusedFiles = ["refRemote", "dynamicRef", "unevaluatedItems", "unevaluatedProperties", "vocabulary", "unknownKeyword", "defs", "definitions"];

    private static readonly string[] Drafts = ["draft7", "draft2020-12"];

    public static IEnumerable<TestCaseData> Files()
    {
        bool found = false;
        foreach (string draft in Drafts)
        {
            string? folder = SharedData.TryFind("data", "json-schema-test-suite", draft);
            foreach (string file in folder is null ? [] : Directory.GetFiles(folder, "*.json").Order().ToArray())
            {
                found = true;
                yield return new TestCaseData(draft, Path.GetFileName(file)).SetArgDisplayNames(draft, Path.GetFileNameWithoutExtension(file));
            }
        }

        if (!found)
        {
            yield return new TestCaseData("draft2020-12", "type.json").SetArgDisplayNames("absent");
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Agrees_with_the_official_suite(string draft, string file)
    {
        using JsonDocument suite = JsonDocument.Parse(File.ReadAllText(SharedData.Require("data", "json-schema-test-suite", draft, file)));
        int checkedCases = 0;
        List<string> refused = [];
        List<string> wrong = [];
        foreach (JsonElement group in suite.RootElement.EnumerateArray())
        {
            JsonSchemaValidator validator;
            try
            {
                validator = new(WithDialect(group.GetProperty("schema"), draft));
            }
            catch (JsonSchemaException e)
            {
                refused.Add($"{group.GetProperty("description")}: {e.Message}");
                continue;
            }

            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                checkedCases++;
                IReadOnlyList<JsonSchemaError> errors = validator.Validate(test.GetProperty("data"));
                if (errors.Count == 0 != test.GetProperty("valid").GetBoolean())
                {
                    wrong.Add($"{group.GetProperty("description")} / {test.GetProperty("description")}: {string.Join("; ", errors)}");
                }
            }
        }

        TestContext.Out.WriteLine($"{checkedCases} checked; refused: {string.Join("\n  ", refused)}");
        Assert.That(wrong, Is.Empty);
        if (!RefusedFiles.Contains(Path.GetFileNameWithoutExtension(file)))
        {
            Assert.That(checkedCases, Is.GreaterThan(0));
        }
    }

    private static JsonElement WithDialect(JsonElement schema, string draft)
    {
        if (draft != "draft7" || schema.ValueKind != JsonValueKind.Object || schema.TryGetProperty("$schema", out _))
        {
            return schema;
        }

        string json = schema.GetRawText();
        return EscalationPolicyTests.Json("{\"$schema\":\"http://json-schema.org/draft-07/schema#\"" + (schema.EnumerateObject().Any() ? "," : "") + json[(json.IndexOf('{') + 1)..]);
    }
}
