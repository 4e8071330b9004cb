using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

/// <summary>The sample as a newcomer runs it: no key, no models, no data but its own.</summary>
public sealed class SupportDeskTests
{
    private static readonly Dictionary<string, string?> Alone = new() { ["HETEROAGENT_SHARED"] = "/nowhere" };

    [Test]
    public async Task It_shows_what_was_caught_and_why()
    {
        ToolResult result = await RunAsync();
        string output = result.Output.ReplaceLineEndings("\n");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero, result.Error);
            Assert.That(output, Does.Not.Contain("\u001b"), "no colours in a pipe");
            Assert.That(output, Does.Contain("not a model"), "it says what is scripted");
            Assert.That(output, Does.Contain("2,500 × 0.04 is 100, not 90"), "right for the wrong reason");
            Assert.That(output, Does.Contain("handed over; steps kept:"));
            Assert.That(output, Does.Contain("375 dollars").And.Not.Contain("365 dollars"), "the failing step was never shown");
            Assert.That(output, Does.Contain("grounding_below"), "a claim that no document supports");
            Assert.That(output, Does.Match(@"sources +\[\d\] Silver Rewards Card"), "citations");
            Assert.That(output, Does.Contain("kept local: 1 of 4"));
        }
    }

    [TestCase("--documents", "/nowhere", "There is no folder '/nowhere'")]
    [TestCase("--local", "/nowhere.gguf", "There is no file '/nowhere.gguf'")]
    [TestCase("--frontier", "oracle", "'oracle' is no frontier")]
    [TestCase("--question", "Why?", "--question needs --local")]
    public async Task A_mistake_is_named(string option, string value, string message)
    {
        ToolResult result = await RunAsync(option, value);
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.Contain(message).And.Not.Contain("   at "));
    }

    private static Task<ToolResult> RunAsync(params string[] arguments) => Tool.RunAsync(new ToolRun(arguments) { Program = "SupportDesk.dll", Environment = Alone });
}
