using System.Text.Json;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

/// <summary>What the tool answered. Whatever it was, it must be fit for a pipe: no colours, no stack trace.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    internal JsonElement Json => JsonDocument.Parse(Output).RootElement;

    internal JsonElement[] JsonLines => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    internal ToolResult Expect(int exitCode)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ExitCode, Is.EqualTo(exitCode), Error);
            Assert.That(Output, Does.Not.Contain('\u001b'));
            Assert.That(Error, Does.Not.Contain('\u001b'));
            Assert.That(Error, Does.Not.Match(@"(?m)^\s+at "));
        }

        return this;
    }
}
