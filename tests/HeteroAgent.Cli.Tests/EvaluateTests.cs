using System.Text.Json;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

public sealed class EvaluateTests
{
    private static readonly string Starter = Path.Combine(SharedData.RepositoryRoot, "src", "HeteroAgent.Starter", "Model", "snips.gguf");
    private static readonly string Requests = Path.Combine(SharedData.RepositoryRoot, "samples", "Assistant", "data", "snips-dev.jsonl");

    [Test]
    public async Task An_extractive_model_is_measured_as_JSON()
    {
        using TempFolder folder = new();
        string data = folder.Write("eval.jsonl", string.Join('\n', File.ReadLines(Requests).Where((_, i) => i % 10 == 0)) + "\n{\"request\":\"x\"}\n{\"request\":\"...\",\"call\":{\"tool\":\"RateBook\",\"args\":{}}}\n");
        JsonElement report = (await Tool.RunAsync("evaluate", "--model", Starter, "--data", data, "--json")).Expect(0).Json;
        Assert.Multiple(() =>
        {
            Assert.That(report.GetProperty("kind").GetString(), Is.EqualTo("extractive"));
            Assert.That(report.GetProperty("examples").GetInt32(), Is.EqualTo(71));
            Assert.That(report.GetProperty("exact").GetProperty("value").GetDouble(), Is.GreaterThan(0.75));
            Assert.That(report.GetProperty("tool").GetProperty("low").GetDouble(), Is.InRange(0.8, 1));
            Assert.That(report.GetProperty("valid").GetProperty("total").GetInt32(), Is.EqualTo(71));
            Assert.That(report.GetProperty("fields").GetProperty("playlist").GetProperty("expected").GetInt32(), Is.GreaterThan(3));
            Assert.That(report.GetProperty("ece").GetDouble(), Is.InRange(0, 0.3));
            Assert.That(report.GetProperty("risk_coverage").GetArrayLength(), Is.EqualTo(20));
            Assert.That(report.GetProperty("latency_ms").GetProperty("p95").GetDouble(), Is.GreaterThan(0));
            Assert.That(report.GetProperty("rejected")[0].GetProperty("reason").GetString(), Does.Contain("no \"call\""));
        });
    }

    [Test]
    public async Task A_table_is_printed_for_a_person_and_models_are_averaged()
    {
        using TempFolder folder = new();
        string data = folder.Write("eval.jsonl", string.Join('\n', File.ReadLines(Requests).Take(8)));
        string text = (await Tool.RunAsync("evaluate", "--model", Starter, "--model", Starter, "--data", data)).Expect(0).Output;
        Assert.That(text, Does.Contain("snips+snips").And.Contains("whole answer right").And.Contains("playlist").And.Contains("ECE"));
    }

    [Test]
    public async Task A_generating_model_answers_in_the_schemas_form()
    {
        string model = SharedData.Require("models", "SmolLM2-135M-Instruct.Q4_1.gguf");
        using TempFolder folder = new();
        string schema = folder.Write("schema.json", """{"type":"object","properties":{"label":{"enum":["good","bad"]}},"required":["label"],"additionalProperties":false}""");
        string data = folder.Write("eval.jsonl", """{"prompt":"I love it. Is that good or bad?","answer":{"label":"good"}}""");
        JsonElement report = (await Tool.RunAsync("evaluate", "--model", model, "--data", data, "--schema", schema, "--json")).Expect(0).Json;
        Assert.That(report.GetProperty("kind").GetString(), Is.EqualTo("generative"));
        Assert.That(report.GetProperty("valid").GetProperty("right").GetInt32(), Is.EqualTo(1));
        Assert.That(report.GetProperty("tool").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(report.GetProperty("fields").GetProperty("label").GetProperty("expected").GetInt32(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_classifiers_head_is_measured_with_its_encoder()
    {
        string encoder = SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf");
        using TempFolder folder = new();
        string[] animals = ["dog", "cat", "horse", "cow", "sheep", "goat", "rabbit", "hen", "duck", "pig"];
        string[] tools = ["hammer", "saw", "drill", "wrench", "axe", "chisel", "pliers", "screwdriver", "file", "plane"];
        string Lines(int from, int count) => string.Join('\n', animals.Skip(from).Take(count).Select(a => $$"""{"text":"the {{a}}","label":"animal"}""")
            .Concat(tools.Skip(from).Take(count).Select(t => $$"""{"text":"the {{t}}","label":"tool"}""")));
        string head = Path.Combine(folder.Path, "kinds.head");
        string data = folder.Write("eval.jsonl", Lines(7, 3));
        _ = (await Tool.RunAsync("tune", "--classify", "--encoder", encoder, "--data", folder.Write("train.jsonl", Lines(0, 7)), "--out", head, "--json")).Expect(0);
        JsonElement report = (await Tool.RunAsync("evaluate", "--model", head, "--encoder", encoder, "--data", data, "--json")).Expect(0).Json;
        Assert.That(report.GetProperty("kind").GetString(), Is.EqualTo("classifier"));
        Assert.That(report.GetProperty("examples").GetInt32(), Is.EqualTo(6));
        Assert.That(report.GetProperty("exact").GetProperty("right").GetInt32(), Is.GreaterThanOrEqualTo(4));

        // The head remembers where its encoder stood; one that stood elsewhere has to be named.
        Assert.That((await Tool.RunAsync("evaluate", "--model", head, "--data", data, "--json")).Expect(0).Json.GetProperty("exact").GetRawText(), Is.EqualTo(report.GetProperty("exact").GetRawText()));
        string moved = Path.Combine(folder.Path, "encoder.gguf");
        string other = Path.Combine(folder.Path, "other.head");
        File.Copy(encoder, moved);
        _ = (await Tool.RunAsync("tune", "--classify", "--encoder", moved, "--data", Path.Combine(folder.Path, "train.jsonl"), "--out", other, "--json")).Expect(0);
        File.Delete(moved);
        Assert.That((await Tool.RunAsync("evaluate", "--model", other, "--data", data)).Expect(2).Error, Does.Contain("--encoder"));
    }

    [Test]
    public async Task What_cannot_be_measured_is_said()
    {
        using TempFolder folder = new();
        string empty = folder.Write("empty.jsonl", "\n{}\n");
        string one = folder.Write("one.jsonl", File.ReadLines(Requests).First());
        Assert.That((await Tool.RunAsync("evaluate", "--model", Starter, "--data", empty)).Expect(1).Error, Does.Contain("Line 2").And.Contains("A line is"));
        Assert.That((await Tool.RunAsync("evaluate", "--model", Starter, "--data", Path.Combine(folder.Path, "none.jsonl"))).Expect(1).Error, Does.Contain("none.jsonl"));
        Assert.That((await Tool.RunAsync("evaluate", "--model", Starter, "--data", one, "--adapter", "a.gguf")).Expect(2).Error, Does.Contain("--adapter"));
        Assert.That((await Tool.RunAsync("evaluate", "--model", Starter, "--data", one, "--encoder", "a.gguf")).Expect(2).Error, Does.Contain("--encoder"));
        Assert.That((await Tool.RunAsync("evaluate", "--model", one, "--data", one)).Expect(1).Error, Does.Contain("GGUF"));
        Assert.That((await Tool.RunAsync("evaluate", "--model", Starter, "--data", one, "--max-tokens", "0")).Expect(2).Error, Does.Contain("at least 1"));
    }
}
