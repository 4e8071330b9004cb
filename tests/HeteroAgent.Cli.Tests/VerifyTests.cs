using System.Text.Json;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

public class VerifyTests
{
    private const string Sound = """{"id": "a", "question": "Ann has 3 boxes of 12 pens. How many pens are there?", "steps": ["3 * 12 = 36.", "So there are 36 pens."], "answer": "36"}""";
    private const string Wrong = """{"id": 7, "question": "Ann has 12 boxes of 7 pens. How many pens are there?", "steps": ["12 × 7 = 94.", "So there are 94 pens."]}""";

    [Test]
    public async Task Traces_AreScoredOneALine()
    {
        ToolResult result = await Tool.RunAsync(new ToolRun("verify", "--input", "-", "--json") { Input = $"{Sound}\n\n{Wrong}\n" });
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        Assert.That(lines, Has.Length.EqualTo(2));
        using JsonDocument first = JsonDocument.Parse(lines[0]), second = JsonDocument.Parse(lines[1]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.RootElement.GetProperty("id").GetString(), Is.EqualTo("a"));
            Assert.That(second.RootElement.GetProperty("id").GetInt32(), Is.EqualTo(7), "an id keeps its type");
            Assert.That(second.RootElement.GetProperty("reasons").EnumerateArray().Select(static r => (r.GetProperty("step").GetInt32(), r.GetProperty("text").GetString())), Has.Some.Matches<(int Step, string Text)>(static r => r.Step == 0 && r.Text.Contains("84", StringComparison.Ordinal)));
            foreach (JsonElement row in (JsonElement[])[first.RootElement, second.RootElement])
            {
                double[] scores = [.. row.GetProperty("step_scores").EnumerateArray().Select(static s => s.GetDouble())];
                Assert.That(scores, Has.Length.EqualTo(2).And.All.InRange(0, 1));
                Assert.That(row.GetProperty("ris").GetDouble(), Is.EqualTo(scores.Average()).Within(1e-5));
                Assert.That(row.GetProperty("flawed").GetBoolean(), Is.EqualTo(row.GetProperty("ris").GetDouble() < 0.8));
                Assert.That(row.GetProperty("first_error").GetInt32() >= 0, Is.EqualTo(row.GetProperty("flawed").GetBoolean()));
                Assert.That(row.GetProperty("ms").GetDouble(), Is.GreaterThan(0));
            }
        }
    }

    [Test]
    public async Task BadLines_AreNamedAndTheOthersScored()
    {
        string input = string.Join('\n', "{", """{"id": 1, "question": "q", "steps": []}""", """{"id": 2, "question": "q", "steps": ["ok", 3]}""", Sound, """["no"]""");
        ToolResult result = await Tool.RunAsync(new ToolRun("verify", "--input", "-", "--json") { Input = input });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(1));
            Assert.That(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(1));
            foreach (int line in (int[])[1, 2, 3, 5])
            {
                Assert.That(result.Error, Does.Contain($"line {line}:"));
            }

            Assert.That(result.Error, Does.Contain("steps[1]").And.Not.Contain("   at "));
        }
    }

    [Test]
    public async Task HostileNumbersAndAMegabyteStep_AreScored()
    {
        string step = string.Concat(Enumerable.Repeat("1e999 + ½ = 1,234.5.6 \\frac{{{{ ((((( ", 30_000));
        ToolResult result = await Tool.RunAsync(new ToolRun("verify", "--input", "-", "--json") { Input = JsonSerializer.Serialize(new { id = "big", question = step[..2000], steps = new[] { step, "" } }) });
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        Assert.That(JsonDocument.Parse(result.Output).RootElement.GetProperty("step_scores").GetArrayLength(), Is.EqualTo(2));
    }

    [Test]
    public async Task AForeignModel_IsRefused()
    {
        using TempFolder folder = new();
        ToolResult result = await Tool.RunAsync(new ToolRun("verify", "--input", "-", "--model", folder.Write("not.onnx", "not a model")) { Input = Sound });
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.Not.Contain("   at "));
    }
}
