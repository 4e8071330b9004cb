using System.Text.Json;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

public class ChatTests
{
    private static readonly string[] Keys = ["text", "token_ids", "logprobs", "finish_reason", "usage", "confidence", "prompt_text", "load_ms", "first_token_ms", "total_ms"];

    private static string Model => SharedData.Require("models", "SmolLM2-135M-Instruct.Q4_1.gguf");

    private static string Stories => SharedData.Require("models", "stories260K.gguf");

    [TestCase(0)]
    [TestCase(1)]
    public async Task Json_AgreesWithPyTorch(int index)
    {
        string model = Model;
        JsonElement golden = JsonDocument.Parse(File.ReadAllText(SharedData.Require("models", "goldens", "smollm2.json"))).RootElement[index];
        Dictionary<string, string> messages = golden.GetProperty("messages").EnumerateArray().ToDictionary(m => m.GetProperty("role").GetString()!, m => m.GetProperty("content").GetString()!);
        string[] system = messages.TryGetValue("system", out string? s) ? ["--system", s] : [];
        ToolResult result = (await Tool.RunAsync(["chat", "--model", model, "--prompt", messages["user"], "--max-tokens", "32", "--json", .. system])).Expect(0);
        JsonElement answer = result.Json;
        Assert.That(answer.EnumerateObject().Select(p => p.Name), Is.SupersetOf(Keys));
        int[] ids = Numbers(answer, "token_ids").Select(n => (int)n).ToArray();
        double[] logprobs = Numbers(answer, "logprobs");
        double[] expected = Numbers(golden, "logprobs");
        double[] margins = Numbers(golden, "margin");
        int[] greedy = Numbers(golden, "greedy_ids").Select(n => (int)n).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.GetProperty("prompt_text").GetString(), Is.EqualTo(golden.GetProperty("prompt").GetString()));
            Assert.That(Numbers(answer, "prompt_token_ids"), Is.EqualTo(Numbers(golden, "prompt_ids")));
            Assert.That(answer.GetProperty("usage").GetProperty("input_tokens").GetInt32(), Is.EqualTo(golden.GetProperty("prompt_ids").GetArrayLength()));
            Assert.That(answer.GetProperty("usage").GetProperty("output_tokens").GetInt32(), Is.EqualTo(ids.Length));
            Assert.That(logprobs, Has.Length.EqualTo(ids.Length).And.All.LessThanOrEqualTo(0));
            Assert.That(answer.GetProperty("confidence").GetProperty("mean_logprob").GetDouble(), Is.EqualTo(logprobs.Average()).Within(1e-4));
            Assert.That(answer.GetProperty("confidence").GetProperty("min_logprob").GetDouble(), Is.EqualTo(logprobs.Min()).Within(1e-5));
            Assert.That(answer.GetProperty("finish_reason").GetString(), Is.EqualTo(ids.Length < 32 ? "stop" : "length"));
            Assert.That(answer.GetProperty("total_ms").GetDouble(), Is.GreaterThanOrEqualTo(answer.GetProperty("first_token_ms").GetDouble()));

            // Quantised arithmetic may part from PyTorch's at a near-tie; up to there, both must agree.
            for (int i = 0; i < Math.Min(ids.Length, greedy.Length) && margins[i] >= 0.05; i++)
            {
                Assert.That(ids[i], Is.EqualTo(greedy[i]), $"token {i}");
                Assert.That(logprobs[i], Is.EqualTo(expected[i]).Within(0.25), $"token {i}");
            }
        }
    }

    [Test]
    public async Task Schema_GivesADocumentOfThatForm()
    {
        using TempFolder folder = new();
        string schema = folder.Write("person.json", """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}""");
        ToolResult result = (await Tool.RunAsync("chat", "--model", Model, "--prompt", "Anna is 31 years old.", "--schema", schema)).Expect(0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Json.GetProperty("name").ValueKind, Is.EqualTo(JsonValueKind.String));
            Assert.That(result.Json.GetProperty("age").TryGetInt64(out _));
            Assert.That(result.Error, Does.Contain("tokens"));
        }
    }

    [Test]
    public async Task AClosedSet_ComesWithItsProbability()
    {
        using TempFolder folder = new();
        string schema = folder.Write("colour.json", """{"enum":["blue","green"]}""");
        JsonElement answer = (await Tool.RunAsync("chat", "--model", Model, "--prompt", "Is the sky blue or green?", "--schema", schema, "--json")).Expect(0).Json;
        double probability = answer.GetProperty("confidence").GetProperty("probability").GetDouble();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.GetProperty("text").GetString(), Is.AnyOf("\"blue\"", "\"green\""));
            Assert.That(probability, Is.InRange(0.5, 1));
            Assert.That(answer.GetProperty("confidence").GetProperty("score").GetDouble(), Is.EqualTo(probability));
        }
    }

    [Test]
    public async Task Conversation_KeepsTheHistoryUntilExit()
    {
        string[] options = ["chat", "--model", Stories, "--template", "chatml", "--max-tokens", "8", "--system", "Be brief."];
        ToolResult conversation = (await Tool.RunAsync(new ToolRun(options) { Input = "Once upon a time\n\nThen what?\n/clear\nOnce upon a time\n/exit\nnever read\n" })).Expect(0);
        string[] lines = conversation.Output.TrimEnd('\n').Split('\n');
        ToolResult single = (await Tool.RunAsync([.. options, "--prompt", "Once upon a time"])).Expect(0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(conversation.Output.Replace(single.Output, "#"), Does.Match(@"(?s)^#.+#$"), "the first answer, one with more before it, and after /clear the first again");
            Assert.That(conversation.Error.Split('\n').Count(l => l.Contains("tokens", StringComparison.Ordinal)), Is.EqualTo(3), string.Join('|', lines));
        }
    }

    [Test]
    public async Task StandardInput_IsThePromptOfJsonAndOfADash()
    {
        string[] options = ["chat", "--model", Stories, "--template", "chatml", "--max-tokens", "4", "--json"];
        const string Prompt = "two\nlines, and @no file";
        string byInput = Text(await Tool.RunAsync(new ToolRun(options) { Input = Prompt + "\n" }));
        string byDash = Text(await Tool.RunAsync(new ToolRun([.. options, "--prompt", "-"]) { Input = Prompt }));
        string byOption = Text(await Tool.RunAsync([.. options, "--prompt", Prompt]));
        Assert.That(new[] { byInput, byDash }, Is.All.EqualTo(byOption).And.All.Contain(Prompt));

        static string Text(ToolResult result) => result.Expect(0).Json.GetProperty("prompt_text").GetString()!;
    }

    [Test]
    public async Task APromptMayLookLikeAFileOfArguments()
    {
        JsonElement answer = (await Tool.RunAsync("chat", "--model", Stories, "--template", "chatml", "--max-tokens", "2", "--json", "--prompt", "@absent.rsp")).Expect(0).Json;
        Assert.That(answer.GetProperty("prompt_text").GetString(), Does.Contain("@absent.rsp"));
    }

    [Test]
    public async Task WhatCannotBeAnswered_IsSaidWithWhatToDo()
    {
        using TempFolder folder = new();
        string garbage = folder.Write("garbage.gguf", "no model");
        string unsupported = folder.Write("unsupported.json", """{"type":"string","pattern":"(a)\\1"}""");
        string stories = Stories;
        (string[] Arguments, string Named)[] cases =
        [
            (["--model", Path.Combine(folder.Path, "absent.gguf")], "absent.gguf"),
            (["--model", garbage], "garbage.gguf"),
            (["--model", folder.Path], "folder"),
            (["--model", stories], "no chat template"),
            (["--model", stories, "--template", "no such template"], "template"),
            (["--model", stories, "--template", "chatml", "--schema", unsupported], "#/pattern"),
            (["--model", stories, "--template", "chatml", "--schema", Path.Combine(folder.Path, "absent.json")], "absent.json"),
        ];
        foreach ((string[] arguments, string named) in cases)
        {
            ToolResult result = (await Tool.RunAsync(["chat", "--prompt", "hello", .. arguments])).Expect(1);
            Assert.That(result.Error, Does.StartWith("error: ").And.Contain(named).And.Contain("\nnext: "), string.Join(' ', arguments));
            Assert.That(result.Output, Is.Empty);
        }
    }

    [Test]
    public async Task ALongPrompt_OverflowsWithBothCounts()
    {
        string prompt = string.Concat(Enumerable.Repeat("word ", 4000));
        ToolResult result = (await Tool.RunAsync(new ToolRun("chat", "--model", Stories, "--template", "chatml", "--prompt", "-") { Input = prompt })).Expect(1);
        Assert.That(result.Error, Does.Contain("2048").And.Contain("next: Shorten the prompt"));
    }

    [Test]
    public async Task WithoutNatives_NamesEveryPathAndTheDoctor()
    {
        ToolRun run = new("chat", "--model", Stories, "--template", "chatml", "--prompt", "hello") { Environment = { ["HETEROAGENT_NATIVE_PATH"] = "/nonexistent" } };
        Assert.That((await Tool.RunAsync(run)).Expect(1).Error, Does.Contain("/nonexistent").And.Contain("heteroagent doctor"));
    }

    private static double[] Numbers(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(e => e.GetDouble())];
}
