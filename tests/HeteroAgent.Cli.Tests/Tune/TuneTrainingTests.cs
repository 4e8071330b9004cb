using System.Text.Json;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

/// <summary>Trainings from the command line to a file that is evaluated, on data small enough for seconds.</summary>
public sealed class TuneTrainingTests
{
    private static readonly string[] Cities = ["Ghent", "Oslo", "Riga", "Bonn", "Turin", "Lyon", "Kyoto", "Lima"];
    private static readonly string[] Songs = ["Blue Train", "So What", "Naima", "Round Midnight", "Take Five", "Summertime", "Caravan", "Misty"];

    private static string Conversations(int count, string greeting = "Hello") =>
        string.Join('\n', Enumerable.Range(0, count).Select(i => JsonSerializer.Serialize(new { prompt = $"{greeting} from {Cities[i % 8]}, number {i}", completion = $"Good day, {Cities[i % 8]}." })));

    private static string Calls(string phrase, int first, int count) =>
        string.Join('\n', Enumerable.Range(first, count).SelectMany(i => (string[])
        [
            JsonSerializer.Serialize(new { request = $"{phrase} rain in {Cities[i % 8]}", call = new { tool = "get_weather", args = new { city = Cities[i % 8] } } }),
            JsonSerializer.Serialize(new { request = $"{phrase} play {Songs[i % 8]}", call = new { tool = "play_music", args = new { song = Songs[i % 8] } } }),
        ]));

    [Test]
    public async Task An_extractive_model_is_trained_resumed_and_evaluated()
    {
        using TempFolder folder = new();
        string train = folder.Write("train.jsonl", string.Join('\n', Calls("please", 0, 8), Calls("now", 0, 8), "{\"request\":\"x\"}"));
        string held = folder.Write("eval.jsonl", Calls("kindly", 2, 3));
        string output = Path.Combine(folder.Path, "calls.gguf");
        ToolResult result = (await Tool.RunAsync("tune", "--data", train, "--eval", held, "--extract", "--out", output, "--minutes", "0.05", "--json")).Expect(0);
        JsonElement summary = result.Json;
        Assert.Multiple(() =>
        {
            Assert.That((summary.GetProperty("mode").GetString(), summary.GetProperty("examples").GetInt32(), summary.GetProperty("output").GetString()), Is.EqualTo(("extract", 32, output)));
            Assert.That(summary.GetProperty("files").EnumerateArray().Select(f => f.GetString()), Is.EqualTo(new[] { output }));
            Assert.That(summary.GetProperty("bytes").GetInt64(), Is.EqualTo(new FileInfo(output).Length));
            Assert.That(summary.GetProperty("training").GetProperty("steps").GetDouble(), Is.GreaterThan(0));
            Assert.That(summary.GetProperty("training").GetProperty("examples_that_do_not_fit").GetDouble(), Is.Zero);
            Assert.That(summary.GetProperty("evaluation").GetProperty("examples").GetInt32(), Is.EqualTo(6));
            Assert.That(summary.GetProperty("evaluation").GetProperty("before").GetProperty("tool").GetDouble(), Is.EqualTo(0.5));
            Assert.That(summary.GetProperty("evaluation").GetProperty("after").GetProperty("tool").GetDouble(), Is.InRange(0, 1));
            Assert.That(result.Error, Does.Contain("line 33 is not used").And.Match(@"extract: \d+ of \d+"));
            Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(3), "neither lock nor checkpoint is left");
        });
        JsonElement report = (await Tool.RunAsync("evaluate", "--model", output, "--data", held, "--json")).Expect(0).Json;
        Assert.That(report.GetProperty("kind").GetString(), Is.EqualTo("extractive"));
        Assert.That(report.GetProperty("tool").GetProperty("value").GetDouble(), Is.EqualTo(summary.GetProperty("evaluation").GetProperty("after").GetProperty("tool").GetDouble()).Within(1e-6));
    }

    [Test]
    public async Task A_model_from_nothing_is_trained_and_an_adapter_over_it()
    {
        using TempFolder folder = new();
        string train = folder.Write("train.jsonl", Conversations(24));
        string held = folder.Write("eval.jsonl", Conversations(3, "Greetings"));
        string model = Path.Combine(folder.Path, "small.gguf");
        JsonElement summary = (await Tool.RunAsync("tune", "--data", train, "--eval", held, "--scratch", "64x2", "--vocab", "400", "--out", model, "--json")).Expect(0).Json;
        JsonElement training = summary.GetProperty("training");
        Assert.Multiple(() =>
        {
            Assert.That((summary.GetProperty("mode").GetString(), summary.GetProperty("examples").GetInt32()), Is.EqualTo(("scratch", 24)));
            Assert.That(training.GetProperty("loss").GetDouble(), Is.LessThan(training.GetProperty("loss_at_first").GetDouble()));
            Assert.That(training.GetProperty("validation_loss").GetDouble(), Is.GreaterThan(0));
            Assert.That(training.GetProperty("peak_memory_mb").GetDouble(), Is.GreaterThan(1));
            Assert.That(summary.GetProperty("evaluation").GetProperty("examples").GetInt32(), Is.EqualTo(3));
            Assert.That(summary.GetProperty("evaluation").GetProperty("before").GetProperty("exact").GetDouble(), Is.Zero);
            Assert.That(Directory.GetFiles(folder.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "train.jsonl", "eval.jsonl", "small.gguf" }));
        });

        string adapter = Path.Combine(folder.Path, "adapter.gguf");
        JsonElement adapted = (await Tool.RunAsync("tune", "--data", train, "--eval", held, "--lora", "--base", model, "--out", adapter, "--json")).Expect(0).Json;
        Assert.That(adapted.GetProperty("mode").GetString(), Is.EqualTo("lora"));
        Assert.That(adapted.GetProperty("training").GetProperty("steps").GetDouble(), Is.EqualTo(12));
        JsonElement report = (await Tool.RunAsync("evaluate", "--model", model, "--adapter", adapter, "--data", held, "--json", "--max-tokens", "32")).Expect(0).Json;
        Assert.That((report.GetProperty("kind").GetString(), report.GetProperty("examples").GetInt32()), Is.EqualTo(("generative", 3)));

        // What it was trained on must not be what it is measured on.
        Assert.That((await Tool.RunAsync("tune", "--data", train, "--eval", train, "--lora", "--base", model, "--out", adapter)).Expect(1).Error, Does.Contain("stand in the training set too"));
    }

    [Test]
    public async Task What_cannot_be_trained_is_refused_and_nothing_is_left()
    {
        using TempFolder folder = new();
        string train = folder.Write("train.jsonl", Conversations(8));
        string empty = folder.Write("empty.jsonl", "");
        string output = Path.Combine(folder.Path, "out.gguf");
        Assert.That((await Tool.RunAsync("tune", "--data", train, "--scratch", "65x2", "--vocab", "400", "--out", output)).Expect(2).Error, Does.Contain("65").And.Contain("multiple of 32"));
        Assert.That((await Tool.RunAsync("tune", "--data", train, "--scratch", "64x2", "--vocab", "10", "--out", output)).Error, Does.Contain("10").And.Contain("259"));
        Assert.That((await Tool.RunAsync("tune", "--data", empty, "--extract", "--out", output)).Expect(1).Error, Does.Contain("0 usable examples"));
        Assert.That((await Tool.RunAsync("tune", "--data", train, "--extract", "--out", output)).Expect(1).Error, Does.Contain("Line 1"));
        Assert.That((await Tool.RunAsync("tune", "--data", train, "--lora", "--base", train, "--out", output)).Expect(1).Error, Does.Contain("GGUF"));
        Assert.That((await Tool.RunAsync("tune", "--data", train, "--lora", "--base", Path.Combine(folder.Path, "none.gguf"), "--out", output)).Expect(1).Error, Does.Contain("none.gguf"));
        Assert.That(Directory.GetFiles(folder.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "train.jsonl", "empty.jsonl" }));
    }

    [Test]
    public async Task A_checkpoint_that_is_none_is_refused_on_resume_and_written_over_otherwise()
    {
        using TempFolder folder = new();
        string train = folder.Write("train.jsonl", Conversations(24));
        string output = Path.Combine(folder.Path, "small.gguf");
        string[] arguments = ["tune", "--data", train, "--scratch", "64x2", "--vocab", "400", "--out", output, "--json"];

        // A checkpoint of another run stands where this one's would: with --resume it is refused, without it is written over.
        File.WriteAllText(output + ".checkpoint", "no checkpoint");
        Assert.That((await Tool.RunAsync([.. arguments, "--resume"])).Expect(1).Error, Does.Contain("checkpoint").And.Contain("Delete it"));
        JsonElement summary = (await Tool.RunAsync(arguments)).Expect(0).Json;
        Assert.That(summary.GetProperty("training").GetProperty("steps").GetDouble(), Is.EqualTo(60));
        Assert.That((await Tool.RunAsync([.. arguments, "--resume"])).Expect(0).Json.GetProperty("training").GetProperty("steps").GetDouble(), Is.EqualTo(60), "nothing to go on from: trained anew");
    }

    [Test]
    public async Task The_starter_is_trained_from_a_folder_of_its_form()
    {
        using TempFolder folder = new();
        string Rows(string slot, string before, string[] values) =>
            string.Join(',', values.SelectMany(v => Enumerable.Range(0, 4).Select(i => JsonSerializer.Serialize(new { data = new object[] { new { text = $"{before} {i} " }, new Dictionary<string, string> { ["text"] = v, ["entity"] = slot } } }))));
        folder.Write("train_GetWeather_full.json", $$"""{"GetWeather":[{{Rows("city", "what is the weather at", Cities)}}]}""");
        folder.Write("train_PlayMusic_full.json", $$"""{"PlayMusic":[{{Rows("track", "play for me", Songs)}}]}""");
        string held = folder.Write("held.jsonl", "{\"request\":\"play for me 0 Misty\"}\n{\"request\":\"what is the weather at 3 Oslo\"}\n");
        string output = Path.Combine(folder.Path, "starter.gguf");
        JsonElement summary = (await Tool.RunAsync("tune", "starter", "--data", folder.Path, "--held-out", held, "--out", output, "--models", "1", "--epochs", "2", "--json")).Expect(0).Json;
        Assert.Multiple(() =>
        {
            Assert.That((summary.GetProperty("mode").GetString(), summary.GetProperty("examples").GetInt32()), Is.EqualTo(("starter", 62)));
            Assert.That(summary.GetProperty("training").GetProperty("held_out_exact_of_the_last_model").GetDouble(), Is.InRange(0, 1));
            Assert.That(File.ReadAllText(Path.ChangeExtension(output, ".training.svg")), Does.StartWith("<svg"));
            Assert.That(File.Exists(output + ".checkpoint"), Is.False);
        });
    }
}
