using System.Text.Json;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public class ToolCallGrammarTests
{
    private static readonly ToolDeclaration Weather = new("get \"weather\"", Schemas.Parse("""{"type":"object","properties":{"where":{"$ref":"#/$defs/place"}},"required":["where"],"$defs":{"place":{"type":"string","maxLength":9}}}"""));
    private static readonly ToolDeclaration Nested = new("nest", Schemas.Parse("""{"$schema":"x","properties":{"child":{"$ref":"#"},"place":{"$ref":"#/$defs/place"}},"$defs":{"place":{"type":"integer"}}}"""));
    private static readonly ToolDeclaration Stop = new("stop", default);

    [TestCase("""{"name":"get \"weather\"","arguments":{"where":"Oslo"}}""", true)]
    [TestCase("""{"name":"get \"weather\"","arguments":{"where":1}}""", false)]
    [TestCase("""{"name":"get \"weather\"","arguments":{}}""", false)]
    [TestCase("""{"name":"nest","arguments":{"child":{"place":3}}}""", true)]
    [TestCase("""{"name":"nest","arguments":{"place":"Oslo"}}""", false)]
    [TestCase("""{"name":"nest","arguments":1}""", false)]
    [TestCase("""{"name":"stop","arguments":{}}""", true)]
    [TestCase("""{"name":"other","arguments":{}}""", false)]
    public void A_call_follows_its_tools_own_schema(string text, bool allowed)
    {
        Assert.That(ToolCallGrammar.One([Weather, Nested, Stop]).Allows(text), Is.EqualTo(allowed));
        Assert.That(ToolCallGrammar.Many([Weather, Nested, Stop], 2).Allows($"[{text}]"), Is.EqualTo(allowed));
    }

    [Test]
    public void Many_calls_are_bounded()
    {
        JsonGrammar grammar = ToolCallGrammar.Many([Stop], 2);
        const string Call = """{"name":"stop","arguments":{}}""";
        Assert.That(grammar.Allows("[]"), Is.False);
        Assert.That(grammar.Allows($"[{Call},{Call}]"), Is.True);
        Assert.That(grammar.Allows($"[{Call},{Call},{Call}]"), Is.False);
    }

    [TestCase("{}")]
    [TestCase("""{"type":"object"}""")]
    [TestCase("""{"type":"object","properties":{}}""")]
    [TestCase("""{"type":"object","additionalProperties":false}""")]
    public void A_tool_without_parameters_is_called_with_an_empty_object(string schema)
    {
        JsonGrammar grammar = ToolCallGrammar.One([new("f", Schemas.Parse(schema))]);
        Assert.That(grammar.Allows("""{"name":"f","arguments":{}}"""), Is.True);
        Assert.That(grammar.Allows("""{"name":"f","arguments":{"a":1}}"""), Is.False);
    }

    [Test]
    public void A_hundred_tools_are_compiled_and_told_apart()
    {
        JsonElement schema = Schemas.Parse("""{"type":"object","properties":{"a":{"type":"string"},"b":{"enum":["x","y"]}},"required":["a"]}""");
        ToolDeclaration[] tools = [.. Enumerable.Range(0, 100).Select(i => new ToolDeclaration($"tool_{i}", schema))];
        JsonGrammar grammar = ToolCallGrammar.One(tools);
        Assert.That(grammar.Allows("""{"name":"tool_77","arguments":{"a":"","b":"y"}}"""), Is.True);
        Assert.That(grammar.Allows("""{"name":"tool_100","arguments":{"a":""}}"""), Is.False);
    }

    [Test]
    public void A_fault_names_the_tool()
    {
        var bad = new ToolDeclaration("bad", Schemas.Parse("""{"type":"object","properties":{"a":{"type":"string","pattern":"(x)\\1"}}}"""));
        var impossible = new ToolDeclaration("impossible", Schemas.Parse("""{"type":"object","properties":{"a":false},"required":["a"]}"""));
        Assert.That(() => ToolCallGrammar.One([Stop, bad]), Throws.TypeOf<UnsupportedSchemaException>().With.Message.Contains("'bad'"));
        Assert.That(() => ToolCallGrammar.One([Stop, impossible]), Throws.TypeOf<InvalidSchemaException>().With.Message.Contains("'impossible'"));
        Assert.That(() => ToolCallGrammar.One([new("text", Schemas.Parse("""{"type":"string"}"""))]), Throws.InstanceOf<JsonSchemaException>());
        Assert.That(() => ToolCallGrammar.One([]), Throws.ArgumentException);
        Assert.That(() => ToolCallGrammar.One([Stop, Stop]), Throws.ArgumentException);
        Assert.That(() => ToolCallGrammar.Many([Stop], 0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
