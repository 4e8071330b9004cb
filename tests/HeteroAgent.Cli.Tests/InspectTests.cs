using System.Text.Json;
using HeteroAgent.LlamaCpp;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

public class InspectTests
{
    // Reading files needs no native code: it must work where there is none.
    private static readonly Dictionary<string, string?> NoNatives = new() { ["HETEROAGENT_NATIVE_PATH"] = "/nonexistent" };

    [TestCase("SmolLM2-135M-Instruct.Q4_1.gguf", "llama", "chat", "chatml", 8192, 49152, 576, 30, "Q4_1")]
    [TestCase("all-MiniLM-L6-v2.Q8_0.gguf", "bert", "embedding", "none", 512, 30522, 384, 6, "Q8_0")]
    [TestCase("stories260K.gguf", "llama", "completion", "none", 2048, 512, 64, 5, "F32")]
    [TestCase("starter/snips.gguf", "llama", "extraction", "none", 512, 2050, 128, 4, "Q8_0")]
    public async Task RealModels_AreDescribed(string name, string architecture, string kind, string template, int context, int vocabulary, int embedding, int layers, string quantization)
    {
        string file = SharedData.Require(["models", .. name.Split('/')]);
        JsonElement line = (await Tool.RunAsync(new ToolRun("inspect", "--json", file) { Environment = NoNatives })).Expect(0).Json;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(line.GetProperty("file").GetString(), Is.EqualTo(file));
            Assert.That(line.GetProperty("ok").GetBoolean());
            Assert.That(line.TryGetProperty("error", out _), Is.False);
            Assert.That(line.GetProperty("architecture").GetString(), Is.EqualTo(architecture));
            Assert.That(line.GetProperty("kind").GetString(), Is.EqualTo(kind));
            Assert.That(line.GetProperty("template").GetString(), Is.EqualTo(template));
            Assert.That(line.GetProperty("tools").GetBoolean(), Is.False);
            Assert.That(line.GetProperty("context_length").GetInt32(), Is.EqualTo(context));
            Assert.That(line.GetProperty("vocabulary").GetInt32(), Is.EqualTo(vocabulary));
            Assert.That(line.GetProperty("embedding_length").GetInt32(), Is.EqualTo(embedding));
            Assert.That(line.GetProperty("layers").GetInt32(), Is.EqualTo(layers));
            Assert.That(line.GetProperty("quantization").GetString(), Is.EqualTo(quantization));
            Assert.That(line.GetProperty("size_bytes").GetInt64(), Is.EqualTo(new FileInfo(file).Length));
        }
    }

    [Test]
    public async Task ShardsOfAModel_AreDescribedAsOne_AndAMissingOneIsNamed()
    {
        GgufFile whole = GgufFile.Read(SharedData.Require("models", "stories260K.gguf"));
        string folder = Directory.CreateTempSubdirectory("heteroagent-").FullName;
        try
        {
            GgufWriter[] shards = [GgufWriter.WithMetadataOf(whole), new GgufWriter("llama")];
            string[] paths = [Path.Combine(folder, "m-00001-of-00002.gguf"), Path.Combine(folder, "m-00002-of-00002.gguf")];
            for (int i = 0; i < shards.Length; i++)
            {
                shards[i].Set("split.no", (ushort)i).Set("split.count", (ushort)2).Set("split.tensors.count", whole.Tensors.Count);
                foreach (GgufTensor tensor in whole.Tensors.Where((_, at) => at % 2 == i))
                {
                    shards[i].SetTensor(whole, tensor);
                }

                shards[i].Write(paths[i]);
            }

            JsonElement line = (await Tool.RunAsync(new ToolRun("inspect", "--json", paths[1]) { Environment = NoNatives })).Expect(0).Json;
            Assert.That(line.GetProperty("shards").GetInt32(), Is.EqualTo(2));
            Assert.That(line.GetProperty("parameters").GetInt64(), Is.EqualTo(whole.ParameterCount));
            Assert.That((await Tool.RunAsync(new ToolRun("inspect", paths[0]) { Environment = NoNatives })).Expect(0).Output, Does.Contain("in 2 shards"));
            File.Delete(paths[0]);
            Assert.That((await Tool.RunAsync(new ToolRun("inspect", paths[1]) { Environment = NoNatives })).Expect(1).Output, Does.Contain("shard 1 is missing"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task OnnxFiles_AreDescribed()
    {
        string file = SharedData.Require("models", "onnx", "magika.onnx");
        using TempFolder folder = new();
        string cut = folder.Write("cut.onnx", File.ReadAllBytes(file)[..100_000]);
        ToolResult result = (await Tool.RunAsync("inspect", "--json", file, cut)).Expect(1);
        JsonElement[] lines = [.. result.JsonLines];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines[0].GetProperty("inputs")[0].GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()), Is.EqualTo(new long[] { -1, 2048 }));
            Assert.That(lines[0].GetProperty("outputs")[0].GetProperty("name").GetString(), Is.EqualTo("target_label"));
            Assert.That(lines[1].GetProperty("error").GetString(), Does.Contain("damaged"));
        }
    }

    [Test]
    public async Task BadFiles_EachGetALineAndTheOthersToo()
    {
        using TempFolder folder = new();
        byte[] random = new byte[4096];
        new Random(7).NextBytes(random);
        string[] files =
        [
            folder.Write("empty.gguf", []),
            folder.Write("random.gguf", random),
            folder.Write("magic.gguf", "GGUF"),
            folder.Write("huge-counts.gguf", [.. "GGUF"u8, 3, 0, 0, 0, .. Enumerable.Repeat((byte)0xFF, 16)]),
            folder.Path,
            Path.Combine(folder.Path, "absent.gguf"),
            "",
            .. OperatingSystem.IsWindows() ? (string[])[] : ["/dev/null"],
        ];
        ToolResult json = (await Tool.RunAsync(new ToolRun(["inspect", "--json", .. files]) { Environment = NoNatives })).Expect(1);
        ToolResult text = (await Tool.RunAsync(new ToolRun(["inspect", .. files]) { Environment = NoNatives })).Expect(1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(json.JsonLines.Select(l => l.GetProperty("file").GetString()), Is.EqualTo(files));
            Assert.That(json.JsonLines.Select(l => l.GetProperty("ok").GetBoolean()), Is.All.False);
            Assert.That(json.JsonLines.Select(l => l.GetProperty("error").GetString()), Is.All.Not.Empty);
            string[] lines = text.Output.TrimEnd().Split('\n');
            Assert.That(lines, Has.Length.EqualTo(files.Length).And.All.StartsWith("bad  "));
        }
    }

    [Test]
    public async Task OneBadFile_DoesNotHideAGoodOne()
    {
        string good = SharedData.Require("models", "stories260K.gguf");
        using TempFolder folder = new();
        string cut = folder.Write("cut.gguf", File.ReadAllBytes(good)[..600_000]);
        string vocabulary = folder.Write("cut-in-header.gguf", File.ReadAllBytes(good)[..3_000]);
        ToolResult result = (await Tool.RunAsync("inspect", "--json", cut, good, vocabulary)).Expect(1);
        Assert.That(result.JsonLines.Select(l => l.GetProperty("ok").GetBoolean()), Is.EqualTo(new[] { false, true, false }));
    }

    [Test]
    public async Task MutatedFiles_NeverCrashIt()
    {
        byte[] good = File.ReadAllBytes(SharedData.Require("models", "stories260K.gguf"));
        using TempFolder folder = new();
        Random random = new(11);
        List<string> files = [];
        for (int i = 0; i < 60; i++)
        {
            byte[] mutated = (byte[])good.Clone();
            for (int change = 0; change <= i % 8; change++)
            {
                mutated[random.Next(0, 16_000)] = (byte)random.Next(256);
            }

            files.Add(folder.Write($"{i}.gguf", mutated));
        }

        ToolResult result = await Tool.RunAsync(["inspect", "--json", .. files]);
        result.Expect(result.JsonLines.All(l => l.GetProperty("ok").GetBoolean()) ? 0 : 1);
        Assert.That(result.JsonLines.Select(l => l.GetProperty("file").GetString()), Is.EqualTo(files));
    }

    [Test]
    public async Task ControlCharactersInNames_DoNotReachATerminal()
    {
        byte[] good = File.ReadAllBytes(SharedData.Require("models", "stories260K.gguf"));
        using TempFolder folder = new();
        string file = folder.Write("\u001b[31mred.gguf", good);
        ToolResult result = (await Tool.RunAsync("inspect", file)).Expect(0);
        Assert.That(result.Output, Does.Contain("[31mred.gguf"));
    }
}
