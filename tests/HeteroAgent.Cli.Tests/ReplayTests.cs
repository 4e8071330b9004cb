using System.Text.Json;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

public class ReplayTests
{
    private static readonly string[] Measures =
    [
        "weak_accuracy", "strong_accuracy", "auc_weak_wrong", "apgr", "cpt50", "cpt80", "calls_at_95_of_strong", "calls_at_95_of_gap", "random_calls_at_95_of_strong",
    ];

    [Test]
    public async Task RouteLlmLog_OutOfFold_ReachesTheTargets()
    {
        string log = SharedData.Require("data", "routellm", "gsm8k_responses.csv");
        JsonElement report = (await Tool.RunAsync("replay", log, "--json")).Expect(0).Json;
        Check(report, 661);
        using (Assert.EnterMultipleScope())
        {
            // A little below what is measured: another processor may round otherwise.
            Assert.That(Value(report, "auc_weak_wrong"), Is.GreaterThan(0.795));
            Assert.That(Value(report, "apgr"), Is.GreaterThan(0.765));
            Assert.That(Value(report, "calls_at_95_of_strong"), Is.LessThan(0.42));
            Assert.That(Value(report, "random_calls_at_95_of_strong"), Is.EqualTo(0.825).Within(0.001));
            Assert.That(Value(report.GetProperty("without_marks"), "apgr"), Is.GreaterThan(0.765));
            Assert.That(report.GetProperty("verdict").GetString(), Does.StartWith("Yes"));
        }
    }

    [Test]
    public async Task OneLogFittedOnAnother_AndTheTableForAPerson()
    {
        using TempFolder folder = new();
        string log = folder.Write("log.jsonl", Lines(60, 1));
        string fit = folder.Write("fit.jsonl", Lines(80, 2));
        JsonElement report = (await Tool.RunAsync("replay", log, "--fit", fit, "--json", "--no-prior")).Expect(0).Json;
        Check(report, 60);
        Assert.That(report.GetProperty("fitted_on").GetInt32(), Is.EqualTo(80));
        Assert.That(report.GetProperty("cost_at_95_of_strong").GetProperty("value").ValueKind, Is.EqualTo(JsonValueKind.Number));
        string text = (await Tool.RunAsync("replay", log, "--strip-marks")).Expect(0).Output;
        Assert.That(text, Does.Contain("APGR (random 0.5)").And.Contains("risk (share wrong)").And.Not.Contains("without marks"));
    }

    [Test]
    public async Task TooFewRows_AreAVerdict()
    {
        using TempFolder folder = new();
        JsonElement report = (await Tool.RunAsync("replay", folder.Write("log.jsonl", Lines(5, 1)), "--json")).Expect(0).Json;
        Assert.That(report.GetProperty("n").GetInt32(), Is.EqualTo(5));
        Assert.That(report.GetProperty("verdict").GetString(), Does.StartWith("Too few"));
        Assert.That(report.GetProperty("apgr").GetProperty("value").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task BadLogs_AreNamedByLine()
    {
        using TempFolder folder = new();
        ToolResult damaged = (await Tool.RunAsync("replay", folder.Write("log.jsonl", Lines(3, 1) + "{\"prompt\": 1}\n"))).Expect(1);
        Assert.That(damaged.Error, Does.Contain("Line 4").And.Contains("next:"));
        Assert.That(damaged.Output, Is.Empty);
        (await Tool.RunAsync("replay", System.IO.Path.Combine(folder.Path, "absent.jsonl"))).Expect(1);
        (await Tool.RunAsync("replay", folder.Path)).Expect(2);
        (await Tool.RunAsync("replay")).Expect(2);
    }

    private static void Check(JsonElement report, int rows)
    {
        Assert.That(report.GetProperty("n").GetInt32(), Is.EqualTo(rows));
        foreach (string measure in Measures)
        {
            JsonElement estimate = report.GetProperty(measure);
            Assert.That(estimate.EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "value", "low", "high" }), measure);
            if (estimate.GetProperty("low").ValueKind == JsonValueKind.Number)
            {
                Assert.That(estimate.GetProperty("low").GetDouble(), Is.LessThanOrEqualTo(estimate.GetProperty("high").GetDouble()), measure);
            }
        }
    }

    private static double Value(JsonElement report, string measure) => report.GetProperty(measure).GetProperty("value").GetDouble();

    private static string Lines(int rows, int seed)
    {
        Random random = new(seed);
        return string.Concat(Enumerable.Range(0, rows).Select(i =>
        {
            bool right = i % 5 > 1;
            string answer = right ? "The parcel left on Monday." : $"I assume it left about day {random.Next(9)}, however";
            return $$$"""{"id": "{{{i}}}", "prompt": "Where is parcel {{{i}}} of list {{{seed}}}?", "weak": {"answer": "{{{answer}}}", "correct": {{{(right ? "true" : "false")}}}, "cost": 0.01}, "strong": {"correct": true, "cost": 1}}""" + "\n";
        }));
    }
}
