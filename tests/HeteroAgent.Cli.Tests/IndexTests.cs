using System.Text.Json;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

public class IndexTests
{
    private static string Folder(TempFolder folder)
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "docs", "cards"));
        _ = folder.Write("docs/cards/lost.md", "# Lost cards\nReport a stolen card at once. A replacement comes in three days.");
        _ = folder.Write("docs/savings.txt", "Interest on savings is paid monthly.");
        _ = folder.Write("docs/fees.jsonl", "{\"id\": \"fee-1\", \"title\": \"Fees\", \"content\": \"The annual fee is 95 dollars.\"}\n\n{\"text\": \"Wire transfers cost 5 dollars.\"}\n");
        _ = folder.Write("docs/limits.json", "[{\"id\": 7, \"title\": \"Limits\", \"text\": \"Cash limit: 500 a day.\", \"url\": \"https://bank.example/limits\"}]");
        _ = folder.Write("docs/picture.png", "no");
        return Path.Combine(folder.Path, "docs");
    }

    [Test]
    public async Task Words_AreAddedFoundAndDescribed()
    {
        using TempFolder folder = new();
        string index = Path.Combine(folder.Path, "bank.index");
        ToolResult added = (await Tool.RunAsync("index", "add", index, Folder(folder))).Expect(0);
        Assert.That(added.Output, Does.Contain("5 documents read, 5 written").And.Contain("words alone"));
        Assert.That(added.Error, Does.Contain("1 files of other kinds"));
        JsonElement[] found = (await Tool.RunAsync("index", "search", index, "stolen", "card", "--json", "--top", "1")).Expect(0).JsonLines;
        Assert.That(found.Select(static f => f.GetProperty("document").GetString()), Is.EqualTo(new[] { "cards/lost.md" }));
        Assert.That(found[0].GetProperty("title").GetString(), Is.EqualTo("Lost cards"));
        Assert.That((await Tool.RunAsync("index", "search", index, "cash limit", "--json")).Expect(0).JsonLines[0].GetProperty("url").GetString(), Is.EqualTo("https://bank.example/limits"));
        JsonElement info = (await Tool.RunAsync("index", "info", index, "--json")).Expect(0).Json;
        Assert.That((info.GetProperty("documents").GetInt32(), info.GetProperty("dimensions").GetInt32()), Is.EqualTo((5, 0)));
        Assert.That((await Tool.RunAsync("index", "add", index, Path.Combine(folder.Path, "docs"))).Expect(0).Output, Does.Contain("0 written"));
        Assert.That((await Tool.RunAsync("index", "search", index, "card", "--mode", "vectors")).Expect(1).Error, Does.Contain("words alone").And.Contain("--mode words"));
    }

    [Test]
    public async Task TheModel_IsRememberedAndMissedWhenItHasGone()
    {
        string model = SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf");
        using TempFolder folder = new();
        string index = Path.Combine(folder.Path, "bank.index");
        string copy = Path.Combine(folder.Path, "mini.gguf");
        File.Copy(model, copy);
        _ = (await Tool.RunAsync("index", "add", index, Folder(folder), "--embedding", copy)).Expect(0);
        ToolResult found = (await Tool.RunAsync("index", "search", index, "somebody robbed me of my plastic", "--json", "--mode", "vectors")).Expect(0);
        Assert.That(found.JsonLines[0].GetProperty("document").GetString(), Is.EqualTo("cards/lost.md"));
        File.Delete(copy);
        Assert.That((await Tool.RunAsync("index", "search", index, "card")).Expect(1).Error, Does.Contain("--embedding"));
        _ = (await Tool.RunAsync("index", "search", index, "card", "--mode", "words")).Expect(0);
    }

    [Test]
    public async Task WhatCannotBeRead_IsNamed()
    {
        using TempFolder folder = new();
        string index = Path.Combine(folder.Path, "bank.index");
        (string Name, string Content, string Message)[] bad =
        [
            ("a.json", "{\"id\": 1", "is no JSON"), ("b.jsonl", "{\"text\": \"x\"}\n[1]", "line 2"), ("c.json", "{\"title\": \"x\"}", "neither \"text\" nor \"content\""), ("d.png", "x", ".jsonl"), ("e.json", "{\"text\": 5}", "is no string"),
        ];
        foreach ((string name, string content, string message) in bad)
        {
            Assert.That((await Tool.RunAsync("index", "add", index, folder.Write(name, content))).Expect(1).Error, Does.Contain(message).And.Contain(name));
        }

        Assert.That((await Tool.RunAsync("index", "add", index, "/nonexistent")).Expect(1).Error, Does.Contain("/nonexistent"));
        Assert.That((await Tool.RunAsync("index", "search", Path.Combine(folder.Path, "none.index"), "x")).Expect(1).Error, Does.Contain("There is no index"));
        Assert.That((await Tool.RunAsync("index", "search", index, "x", "--mode", "magic")).Expect(2).Error, Does.Contain("heteroagent index search --help"));
        string other = folder.Write("text.index", "this is no database at all, only a text that someone has written here");
        Assert.That((await Tool.RunAsync("index", "info", other)).Expect(1).Error, Does.Contain("no SQLite database"));
    }
}
