using System.Text.Json;
using HeteroAgent.Benchmarks.Structured;
using NUnit.Framework;

namespace HeteroAgent.Benchmarks.Tests;

public class GbnfConverterTests
{
    [TestCase("""{"type":"string","pattern":"a+"}""", "pattern")]
    [TestCase("""{"type":"integer","minimum":1}""", "minimum")]
    [TestCase("""{"allOf":[{}]}""", "allOf")]
    [TestCase("""{"$ref":"#/$defs/none"}""", "none")]
    public void What_the_converter_does_not_know_is_refused_by_name(string schema, string name)
    {
        using JsonDocument document = JsonDocument.Parse(schema);
        Assert.That(() => GbnfConverter.Convert(document.RootElement), Throws.TypeOf<ContenderException>().With.Message.Contains(name));
    }
}
