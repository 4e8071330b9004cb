using System.Text.Json;
using HeteroAgent.Benchmarks.Structured;
using NUnit.Framework;

namespace HeteroAgent.Benchmarks.Tests;

public class CaseFileTests
{
    private const string Good = """{"id":"a","system":"Answer.","user":"How many?","schema":{"type":"integer"}}""";

    [Test]
    public void Cases_are_read_line_by_line_and_empty_lines_skipped()
    {
        IReadOnlyList<StructuredCase> cases = CaseFile.Parse([Good, "", """{"id":"b","set":"yes-no","system":"","user":"Is it so?","schema":true}"""], "cases");
        Assert.That(cases.Select(c => (c.Id, c.Set, c.System, c.User)), Is.EqualTo(new[] { ("a", "cases", "Answer.", "How many?"), ("b", "yes-no", "", "Is it so?") }));
        Assert.That(cases.Select(c => c.Schema.GetRawText()), Is.EqualTo(new[] { """{"type":"integer"}""", "true" }));
        Assert.That(cases.Select(c => c.Messages().Length), Is.EqualTo(new[] { 2, 1 }));
    }

    [TestCase("{", "not JSON")]
    [TestCase("[]", "a array")]
    [TestCase("""{"id":"b","system":"","user":"u"}""", "\"schema\" is missing")]
    [TestCase("""{"id":"b","system":"","user":"u","schema":"string"}""", "\"schema\" is a string")]
    [TestCase("""{"id":"b","system":"","user":"u","schema":null}""", "\"schema\" is a null")]
    [TestCase("""{"system":"","user":"u","schema":{}}""", "\"id\" is missing")]
    [TestCase("""{"id":7,"system":"","user":"u","schema":{}}""", "\"id\" is a number")]
    [TestCase("""{"id":"b","system":"","schema":{}}""", "\"user\" is missing")]
    [TestCase("""{"id":"b","system":"","user":"","schema":{}}""", "\"user\" is empty")]
    [TestCase("""{"id":"b","system":[],"user":"u","schema":{}}""", "\"system\" is a array")]
    [TestCase("""{"id":"b","id":"c","user":"u","schema":{}}""", "not JSON")]
    [TestCase(Good, "was used before")]
    public void A_malformed_line_is_refused_by_its_number(string line, string reason)
    {
        CaseFileException error = Assert.Throws<CaseFileException>(() => CaseFile.Parse([Good, "", line], "cases.jsonl"))!;
        Assert.That(error.Message, Does.StartWith("cases.jsonl:3:").And.Contain(reason));
    }

    [Test]
    public void A_file_without_cases_is_refused() =>
        Assert.That(() => CaseFile.Parse(["", " "], "empty.jsonl"), Throws.TypeOf<CaseFileException>().With.Message.Contains("empty.jsonl"));

    [Test]
    public void Written_cases_are_read_again()
    {
        string path = Path.GetTempFileName();
        try
        {
            IReadOnlyList<StructuredCase> cases = EmbeddedCases.Create();
            CaseFile.Write(path, cases);
            IReadOnlyList<StructuredCase> again = CaseFile.Read(path);
            Assert.That(again.Select(c => (c.Id, c.Set, c.System, c.User)), Is.EqualTo(cases.Select(c => (c.Id, c.Set, c.System, c.User))));
            Assert.That(again.Zip(cases).All(pair => JsonElement.DeepEquals(pair.First.Schema, pair.Second.Schema)));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
