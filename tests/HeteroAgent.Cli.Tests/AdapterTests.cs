using System.Text.Json;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

/// <summary>Adapters on the command line.</summary>
public class AdapterTests
{
    private static string Golden(string file) => SharedData.Require("models", "goldens", "tuning", file);

    [Test]
    public async Task Inspect_DescribesAnAdapter()
    {
        string file = Golden("lora-init.gguf");
        JsonElement line = (await Tool.RunAsync("inspect", "--json", file)).Expect(0).Json;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(line.GetProperty("ok").GetBoolean());
            Assert.That(line.GetProperty("kind").GetString(), Is.EqualTo("adapter"));
            Assert.That(line.GetProperty("rank").GetInt32(), Is.EqualTo(4));
            Assert.That(line.GetProperty("alpha").GetDouble(), Is.EqualTo(8));
            Assert.That(line.GetProperty("targets").EnumerateArray().Select(t => t.GetString()), Is.EqualTo(new[] { "attn_q", "attn_v", "ffn_down" }));
            Assert.That(line.GetProperty("matrices").GetInt32(), Is.EqualTo(6));
        }

        string text = (await Tool.RunAsync("inspect", file)).Expect(0).Output;
        Assert.That(text, Does.Contain("LoRA adapter for llama, rank 4, alpha 8, 6 matrices (attn_q attn_v ffn_down)"));
    }

    [Test]
    public async Task Inspect_RefusesADamagedAdapter()
    {
        using TempFolder folder = new();
        string cut = folder.Write("cut.gguf", File.ReadAllBytes(Golden("lora-init.gguf"))[..^40]);
        Assert.That((await Tool.RunAsync("inspect", cut)).Expect(1).Output, Does.StartWith("bad").And.Contains("missing"));
    }

    [Test]
    public async Task Chat_AnswersWithTheAdapter()
    {
        string[] arguments = ["chat", "--model", Golden("init.gguf"), "--template", "chatml", "--prompt", "x", "--max-tokens", "8", "--json"];
        JsonElement without = (await Tool.RunAsync(arguments)).Expect(0).Json;
        JsonElement with = (await Tool.RunAsync([.. arguments, "--adapter", Golden("lora-init.gguf")])).Expect(0).Json;
        Assert.That(with.GetProperty("model").GetString(), Is.EqualTo(without.GetProperty("model").GetString() + "+lora-init"));
        Assert.That(with.GetProperty("logprobs").EnumerateArray().First().GetDouble(), Is.Not.EqualTo(without.GetProperty("logprobs").EnumerateArray().First().GetDouble()));
    }

    [Test]
    public async Task Chat_RefusesAnAdapterOfAnotherModel()
    {
        ToolResult result = (await Tool.RunAsync("chat", "--model", SharedData.Require("models", "SmolLM2-135M-Instruct.Q4_1.gguf"), "--adapter", Golden("lora-init.gguf"), "--prompt", "x")).Expect(1);
        Assert.That(result.Error, Does.Contain("lora-init.gguf").And.Contains("do not fit"));
    }
}
