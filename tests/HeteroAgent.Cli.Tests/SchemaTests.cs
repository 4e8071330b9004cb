using System.Text.Json;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

public class SchemaTests
{
    [Test]
    public async Task Lines_are_tried_and_printed_in_order()
    {
        using TempFolder folder = new();
        string file = folder.Write("cases.jsonl", """
            {"id":"a","schema":{"properties":{"x":{"type":"integer"},"y":{"multipleOf":0.5}},"required":["y"]},"tests":[{"data":{"y":1.5,"x":2,"z":null},"valid":true},{"data":{"x":1},"valid":false},{"data":{"y":0.3},"valid":false}]}

            {"id":"b","schema":{"type":"string","pattern":"(a)\\1"},"tests":[{"data":"aa","valid":true}]}
            {"id":"c","schema":false,"tests":[{"data":1,"valid":false}]}
            """);
        JsonElement[] lines = [.. (await Tool.RunAsync("schema", "test", file, "--json")).Expect(0).JsonLines];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines.Select(l => l.GetProperty("id").GetString()), Is.EqualTo(new[] { "a", "b", "c" }));
            Assert.That(lines.Select(l => l.GetProperty("accepted").GetBoolean()), Is.EqualTo(new[] { true, false, true }));
            Assert.That(lines[0].GetProperty("results").EnumerateArray().Select(r => r.GetBoolean()), Is.EqualTo(new[] { true, false, false }));
            Assert.That(lines[0].TryGetProperty("reason", out _), Is.False);
            Assert.That(lines[0].GetProperty("compile_us").GetDouble(), Is.Positive);
            Assert.That(lines[0].GetProperty("max_mask_us").GetDouble(), Is.Positive);
            Assert.That(lines[1].GetProperty("reason").GetString(), Does.Contain("pattern").And.Contain("#/pattern"));
            Assert.That(lines[1].GetProperty("results").GetArrayLength(), Is.Zero);
            Assert.That(lines[2].GetProperty("results")[0].GetBoolean(), Is.False);
        }
    }

    [Test]
    public async Task Groups_of_the_official_form_are_tried_and_closed_objects_are_narrower()
    {
        using TempFolder folder = new();
        string file = folder.Write("suite.json", """[{"description":"open","schema":{"properties":{"a":{}}},"tests":[{"description":"other","data":{"b":1},"valid":true}]}]""");
        JsonElement open = (await Tool.RunAsync("schema", "test", file, "--json")).Expect(0).Json;
        JsonElement closed = (await Tool.RunAsync("schema", "test", file, "--json", "--closed")).Expect(0).Json;
        Assert.That(open.GetProperty("id").GetString(), Is.EqualTo("suite: open"));
        Assert.That(open.GetProperty("results")[0].GetBoolean(), Is.True);
        Assert.That(closed.GetProperty("results")[0].GetBoolean(), Is.False);
        Assert.That((await Tool.RunAsync("schema", "test", file)).Expect(0).Output, Does.Contain("1 with every instance right, 0 invalid instances read"));
    }

    [Test]
    public async Task A_bad_line_is_named()
    {
        using TempFolder folder = new();
        string file = folder.Write("bad.jsonl", "{\"id\":\"a\",\"schema\":{}}\n{\"id\":\"b\"}\n");
        Assert.That((await Tool.RunAsync("schema", "test", file, "--json")).Expect(2).Error, Does.Contain("line 2").And.Contain("schema"));
        Assert.That((await Tool.RunAsync("schema", "test", file, "--draft", "3")).Expect(2).Error, Does.Contain("2020-12"));
    }

    [Test]
    public async Task A_schema_is_explained_or_refused_by_name()
    {
        using TempFolder folder = new();
        string good = folder.Write("good.json", """{"type":"object","properties":{"size":{"enum":["s","m"]},"n":{"type":"integer"}},"required":["size"]}""");
        string bad = folder.Write("bad.json", """{"type":"array","items":{"type":"object"},"uniqueItems":true}""");
        string output = (await Tool.RunAsync("schema", "check", good)).Expect(0).Output;
        Assert.That(output, Does.Contain("supported").And.Contain("\"size\", \"n\"?").And.Contain("{\"size\":\""));
        Assert.That((await Tool.RunAsync("schema", "check", bad)).Expect(1).Error, Does.Contain("uniqueItems").And.Contain("#/uniqueItems"));
    }
}
