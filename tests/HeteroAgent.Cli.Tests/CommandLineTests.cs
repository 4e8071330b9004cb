using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

public class CommandLineTests
{
    [TestCase("--help", "heteroagent inspect *.gguf")]
    [TestCase("doctor --help", "heteroagent doctor --json")]
    [TestCase("inspect --help", "heteroagent inspect --json models/*.gguf")]
    [TestCase("chat --help", "--schema person.json")]
    public async Task Help_ShowsExamplesAndExitCodes(string arguments, string example)
    {
        ToolResult result = (await Tool.RunAsync(arguments.Split(' '))).Expect(0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Output, Does.Contain(example));
            Assert.That(result.Output, Does.Contain("Usage:\n  heteroagent").And.Contain("Exit codes:"));
            Assert.That(result.Error, Is.Empty);
        }
    }

    [Test]
    public async Task Version_IsThatOfThePackage() =>
        Assert.That((await Tool.RunAsync("--version")).Expect(0).Output.Trim(), Does.Match(@"^\d+\.\d+\.\d+"));

    [TestCase("--bogus", "--bogus")]
    [TestCase("frobnicate", "frobnicate")]
    [TestCase("doctor --bogus", "--bogus")]
    [TestCase("inspect", "inspect")]
    [TestCase("chat", "--model")]
    [TestCase("chat --model", "--model")]
    [TestCase("chat --model x.gguf --temperature -1", "between 0 and 100")]
    [TestCase("chat --model x.gguf --temperature warm", "warm")]
    [TestCase("chat --model x.gguf --temperature NaN", "between 0 and 100")]
    [TestCase("chat --model x.gguf --max-tokens 0", "at least 1")]
    [TestCase("chat --model x.gguf --max-tokens 1.5", "1.5")]
    [TestCase("chat --model x.gguf --prompt - --json", "empty")]
    public async Task WrongCommandLine_NamesTheMistakeAndTheHelp(string arguments, string named)
    {
        ToolResult result = (await Tool.RunAsync(arguments.Split(' '))).Expect(2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error, Does.StartWith("error: ").And.Contain(named));
            Assert.That(result.Error, Does.Match(@"(?m)^next: 'heteroagent .*--help'"));
            Assert.That(result.Output, Is.Empty);
        }
    }
}
