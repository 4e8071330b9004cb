using HeteroAgent.Benchmarks.Structured;
using NUnit.Framework;

namespace HeteroAgent.Benchmarks.Tests;

[NonParallelizable]
public class ProgramTests
{
    [Test]
    public void A_malformed_line_ends_with_exit_code_2_and_its_number()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(path, ["""{"id":"a","system":"","user":"u","schema":{}}""", """{"id":"b"}"""]);
            (int code, string error) = Run("--cases", path, "--json", Path.Combine(Path.GetTempPath(), "never-written.json"));
            Assert.That(code, Is.EqualTo(2));
            Assert.That(error, Does.Contain($"{path}:2:").And.Contain("schema"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestCase("--cases")]
    [TestCase("--cases", "/nonexistent/cases.jsonl")]
    [TestCase("--peer", "python")]
    [TestCase("--rounds", "0")]
    [TestCase("--limit", "many")]
    [TestCase("--fast")]
    public void A_command_line_that_cannot_be_followed_ends_with_exit_code_2(params string[] args) =>
        Assert.That(Run(args).Code, Is.EqualTo(2));

    [Test]
    public void Cases_are_exported_and_limited_by_set()
    {
        string source = Path.GetTempFileName();
        string target = Path.GetTempFileName();
        try
        {
            CaseFile.Write(source, [.. EmbeddedCases.Create(), EmbeddedCases.Create()[0] with { Id = "other", Set = "other" }]);
            Assert.That(Run("--cases", source, "--limit", "1", "--export-cases", target).Code, Is.Zero);
            Assert.That(CaseFile.Read(target).Select(c => c.Id), Is.EqualTo(new[] { "embedded-function", "other" }));
        }
        finally
        {
            File.Delete(source);
            File.Delete(target);
        }
    }

    private static (int Code, string Error) Run(params string[] args)
    {
        TextWriter before = Console.Error;
        using StringWriter error = new();
        Console.SetError(error);
        try
        {
            return ((int)typeof(CaseFile).Assembly.EntryPoint!.Invoke(null, [args])!, error.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }
}
