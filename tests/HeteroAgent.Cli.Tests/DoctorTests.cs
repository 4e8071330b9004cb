using System.Text.Json;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

public class DoctorTests
{
    private static readonly string[] Keys = ["ok", "natives", "onnx", "backends", "cores", "memory", "models", "missing"];

    [Test]
    public async Task WithNatives_SaysWhatIsThere()
    {
        using TempFolder folder = new();
        JsonElement report = (await Tool.RunAsync(new ToolRun("doctor", "--json") { Folder = folder.Path })).Expect(0).Json;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.EnumerateObject().Select(p => p.Name), Is.SupersetOf(Keys));
            Assert.That(report.GetProperty("ok").GetBoolean());
            Assert.That(File.Exists(report.GetProperty("natives").GetProperty("path").GetString()));
            Assert.That(report.GetProperty("natives").GetProperty("version").GetString(), Does.StartWith("LLamaSharp "));
            Assert.That(report.GetProperty("natives").GetProperty("build").GetString(), Is.Not.Empty);
            Assert.That(report.GetProperty("onnx").GetProperty("providers").EnumerateArray().Select(p => p.GetString()), Does.Contain("CPUExecutionProvider"));
            Assert.That(report.GetProperty("backends").EnumerateArray().Select(b => b.GetProperty("name").GetString()), Does.Contain("CPU"));
            Assert.That(report.GetProperty("cores").GetInt32(), Is.EqualTo(Environment.ProcessorCount));
            Assert.That(report.GetProperty("memory").GetProperty("total_bytes").GetInt64(), Is.Positive);
            Assert.That(report.GetProperty("models").GetArrayLength(), Is.Zero);

            // No model is a lack that is named, though the machine could run one.
            Assert.That(report.GetProperty("missing").EnumerateArray().Single().GetProperty("remedy").GetString(), Does.Contain("HETEROAGENT_MODELS"));
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task WithoutNatives_ListsEveryPathTriedAndWhatToDo(bool json)
    {
        using TempFolder folder = new();
        string missing = Path.Combine(folder.Path, "absent");
        ToolRun run = new(json ? ["doctor", "--json"] : ["doctor"]) { Folder = folder.Path, Environment = { ["HETEROAGENT_NATIVE_PATH"] = missing } };
        ToolResult result = (await Tool.RunAsync(run)).Expect(1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Output, Does.Contain(missing).And.Contain("HETEROAGENT_NATIVE_PATH"));
            if (json)
            {
                Assert.That(result.Json.GetProperty("natives").GetProperty("ok").GetBoolean(), Is.False);
                Assert.That(result.Json.GetProperty("natives").GetProperty("tried").GetArrayLength(), Is.Positive);
                Assert.That(result.Json.GetProperty("missing")[0].GetProperty("fatal").GetBoolean());
            }
        }
    }

    [Test]
    public async Task ALibraryThatIsNone_IsReported()
    {
        using TempFolder folder = new();
        string name = OperatingSystem.IsWindows() ? "llama.dll" : OperatingSystem.IsMacOS() ? "libllama.dylib" : "libllama.so";
        folder.Write(name, "no library");
        folder.Write(name.Replace("llama", "ggml", StringComparison.Ordinal), "no library");
        folder.Write(name.Replace("llama", "ggml-base", StringComparison.Ordinal), "no library");
        ToolResult result = (await Tool.RunAsync(new ToolRun("doctor") { Folder = folder.Path, Environment = { ["HETEROAGENT_NATIVE_PATH"] = folder.Path } })).Expect(1);
        Assert.That(result.Output, Does.Match(@"(?m)^tried\s.*ggml-base"));
    }

    [Test]
    public async Task Models_AreFoundInNamedAndCurrentFolders()
    {
        string models = SharedData.Require("models");
        using TempFolder folder = new();
        folder.Write("broken.gguf", "GGUF but not really");
        ToolRun run = new("doctor", "--json") { Folder = folder.Path, Environment = { ["HETEROAGENT_MODELS"] = models } };
        Dictionary<string, bool> found = (await Tool.RunAsync(run)).Json.GetProperty("models").EnumerateArray().ToDictionary(m => Path.GetFileName(m.GetProperty("file").GetString())!, m => m.GetProperty("ok").GetBoolean());
        Assert.That(found, Does.ContainKey("stories260K.gguf").WithValue(true).And.ContainKey("snips.gguf").WithValue(true).And.ContainKey("broken.gguf").WithValue(false));
    }
}
