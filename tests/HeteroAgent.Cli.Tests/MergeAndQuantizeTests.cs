using System.Text.Json;
using HeteroAgent.LlamaCpp;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

public class MergeAndQuantizeTests
{
    private static string Golden(string name) => SharedData.Require("models", "goldens", "tuning", name);

    [Test]
    public async Task An_adapter_is_merged_and_the_model_quantised()
    {
        using TempFolder folder = new();
        string merged = Path.Combine(folder.Path, "merged.gguf");
        string small = Path.Combine(folder.Path, "small.gguf");
        JsonElement line = (await Tool.RunAsync("merge", "--model", Golden("init.gguf"), "--adapter", Golden("lora-init.gguf"), "--out", merged, "--json")).Expect(0).Json;
        ToolResult text = (await Tool.RunAsync("quantize", "--model", merged, "--type", "q8_0", "--out", small)).Expect(0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(line.GetProperty("file").GetString(), Is.EqualTo(merged));
            Assert.That(line.GetProperty("quantization").GetString(), Is.EqualTo("F32"));
            Assert.That(line.GetProperty("size_bytes").GetInt64(), Is.EqualTo(new FileInfo(merged).Length));
            Assert.That(text.Output, Does.Contain("Q8_0").And.Contain("F32 before"));
            Assert.That(GgufFile.Read(small).Quantization, Is.EqualTo("Q8_0"));
        }
    }

    [Test]
    public async Task What_cannot_be_done_is_said_and_leaves_nothing()
    {
        using TempFolder folder = new();
        string output = Path.Combine(folder.Path, "out.gguf");
        ToolResult other = (await Tool.RunAsync("merge", "--model", SharedData.Require("models", "stories260K.gguf"), "--adapter", Golden("lora-init.gguf"), "--out", output)).Expect(1);
        ToolResult type = (await Tool.RunAsync("merge", "--model", Golden("init.gguf"), "--adapter", Golden("lora-init.gguf"), "--out", output, "--type", "q9")).Expect(2);
        ToolResult format = (await Tool.RunAsync("quantize", "--model", Golden("init.gguf"), "--type", "q9", "--out", output)).Expect(1);
        ToolResult folderMissing = (await Tool.RunAsync("quantize", "--model", Golden("init.gguf"), "--type", "q8_0", "--out", Path.Combine(folder.Path, "absent", "x.gguf"))).Expect(1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(other.Error, Does.Contain("lora-init.gguf").And.Contain("fit"));
            Assert.That(type.Error, Does.Contain("'q9'"));
            Assert.That(format.Error, Does.Contain("Q4_K_M"));
            Assert.That(folderMissing.Error, Does.Contain("absent"));
            Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
        }
    }
}
