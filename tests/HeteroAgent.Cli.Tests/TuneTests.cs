using System.Text.Json;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

public class TuneTests
{
    private static readonly string[] Lines =
    [
        """{"text": "I lost my card", "label": "card"}""",
        """{"text": "The card is gone", "label": "card"}""",
        """{"prompt": "Is the train late?", "completion": "train"}""",
        """{"messages": [{"role": "user", "content": "When does the train leave?"}, {"role": "assistant", "content": "train"}]}""",
    ];

    [TestCase("--data", "x", "--out", "y")]
    [TestCase("--data", "x", "--out", "y", "--classify", "--encoder", "m", "--extract")]
    [TestCase("--data", "x", "--out", "y", "--lora", "--base", "m", "--scratch", "tiny", "--vocab", "2000")]
    public async Task ExactlyOneMode_IsTaken(params string[] arguments)
    {
        ToolResult result = (await Tool.RunAsync(["tune", .. arguments])).Expect(2);
        Assert.That(result.Error, Does.Contain("--extract").And.Contain("--classify").And.Contain("--lora").And.Contain("--scratch").And.Contain("tune --help"));
    }

    [TestCase("--encoder", "--classify")]
    [TestCase("--base", "--lora")]
    [TestCase("--vocab", "--scratch")]
    public async Task WhatAModeNeeds_IsNamed(string needed, string mode)
    {
        string[] chosen = mode == "--scratch" ? [mode, "tiny"] : [mode];
        Assert.That((await Tool.RunAsync(["tune", "--data", "x", "--out", "y", .. chosen])).Expect(2).Error, Does.Contain($"{mode} needs {needed}"));
    }

    [Test]
    public async Task WhatDoesNotGoTogether_IsRefused()
    {
        Assert.That((await Tool.RunAsync("tune", "--data", "x", "--out", "y", "--classify", "--encoder", "m", "--vocab", "5")).Expect(2).Error, Does.Contain("--vocab belongs to --scratch"));
        Assert.That((await Tool.RunAsync("tune", "--data", "x", "--out", "y", "--classify", "--encoder", "m", "--minutes", "-3")).Expect(2).Error, Does.Contain("--minutes"));
        Assert.That((await Tool.RunAsync("tune", "--help")).Expect(0).Output, Does.Contain("--eval").And.Contain("Exit codes"));
    }

    [Test]
    public async Task BadData_IsNamed()
    {
        using TempFolder folder = new();
        string encoder = SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf");
        string[] rest = ["--classify", "--encoder", encoder, "--out", Path.Combine(folder.Path, "a.head")];
        string empty = folder.Write("empty.jsonl", "");
        string one = folder.Write("one.jsonl", "{\"text\": \"a\", \"label\": \"x\"}\n{\"text\": \"b\", \"label\": \"x\"}\nno json\n");
        string good = folder.Write("good.jsonl", string.Join('\n', Lines));
        Assert.That((await Tool.RunAsync(["tune", "--data", empty, .. rest])).Expect(1).Error, Does.Contain("0 usable examples"));
        ToolResult single = (await Tool.RunAsync(["tune", "--data", one, .. rest])).Expect(1);
        Assert.That(single.Error, Does.Contain("one label, 'x'").And.Contain("line 3 is not used"));
        Assert.That((await Tool.RunAsync(["tune", "--data", good, "--eval", good, .. rest])).Expect(1).Error, Does.Contain("stand in the training set too"));
        Assert.That((await Tool.RunAsync(["tune", "--data", Path.Combine(folder.Path, "none.jsonl"), .. rest])).Expect(1).Error, Does.Contain("none.jsonl"));
        Assert.That((await Tool.RunAsync(["tune", "--data", good, "--classify", "--encoder", encoder, "--out", Path.Combine(folder.Path, "no", "a.head")])).Expect(1).Error, Does.Contain("There is no folder"));
        Assert.That(File.Exists(Path.Combine(folder.Path, "a.head")), Is.False);
    }

    [Test]
    public async Task TwoProcessesOnOneOutput_AreKeptApart()
    {
        using TempFolder folder = new();
        string data = folder.Write("good.jsonl", string.Join('\n', Lines));
        string output = Path.Combine(folder.Path, "a.head");
        using FileStream other = new(output + ".lock", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        Assert.That((await Tool.RunAsync("tune", "--data", data, "--classify", "--encoder", "m.gguf", "--out", output)).Expect(1).Error, Does.Contain("Another process is training"));
    }

    [Test]
    public async Task AClassifier_IsTrainedOnRealMessagesAndMeasured()
    {
        string encoder = SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf");
        string[] rows = File.ReadAllLines(SharedData.Require("data", "banking77", "train.csv"));
        using TempFolder folder = new();
        string[] labels = ["card_arrival", "exchange_rate", "age_limit", "lost_or_stolen_card", "top_up_limits"];
        (string Text, string Label)[] messages =
        [
            .. labels.SelectMany(label => rows
                .Where(r => r.EndsWith("," + label, StringComparison.Ordinal) && !r.Contains('"', StringComparison.Ordinal))
                .Select(r => (r[..^(label.Length + 1)], label))
                .DistinctBy(r => r.Item1.ToUpperInvariant())
                .Take(30)),
        ];
        string train = folder.Write("train.jsonl", string.Join('\n', messages.Where((_, i) => i % 3 != 0).Select(Json)));
        string evaluation = folder.Write("eval.jsonl", string.Join('\n', messages.Where((_, i) => i % 3 == 0).Select(Json)));
        string output = Path.Combine(folder.Path, "bank.head");
        ToolResult result = (await Tool.RunAsync("tune", "--data", train, "--eval", evaluation, "--classify", "--encoder", encoder, "--out", output, "--json")).Expect(0);
        JsonElement summary = result.Json;
        Assert.That((summary.GetProperty("mode").GetString(), summary.GetProperty("examples").GetInt32(), summary.GetProperty("training").GetProperty("labels").GetInt32()), Is.EqualTo(("classify", 100, 5)));
        Assert.That(summary.GetProperty("bytes").GetInt64(), Is.EqualTo(new FileInfo(output).Length).And.LessThan(20_000));
        JsonElement measured = summary.GetProperty("evaluation");
        Assert.That(measured.GetProperty("before").GetProperty("accuracy").GetDouble(), Is.EqualTo(0.2).Within(0.05));
        Assert.That(measured.GetProperty("after").GetProperty("accuracy").GetDouble(), Is.GreaterThan(0.9));
        Assert.That(result.Error, Does.Match(@"classify: \d+ of \d+"));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(3), "neither a lock nor a temporary file is left");
        Assert.That((await Tool.RunAsync("tune", "--data", train, "--classify", "--encoder", encoder, "--out", output)).Expect(0).Output, Does.Contain("from 100 examples").And.Contain("held out accuracy"));
    }

    private static string Json((string Text, string Label) message) => JsonSerializer.Serialize(new { text = message.Text, label = message.Label });
}
