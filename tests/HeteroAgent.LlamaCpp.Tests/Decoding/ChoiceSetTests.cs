using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public class ChoiceSetTests
{
    [TestCase("""{"enum":["b","a","b",1]}""", "\"b\"|\"a\"|1")]
    [TestCase("""{"type":["boolean","null"]}""", "true|false|null")]
    [TestCase("""{"type":"object","properties":{"x":{"enum":["p","q"]},"y":{"type":"boolean"}},"required":["x"]}""", """{"x":"p","y":true}|{"x":"p","y":false}|{"x":"p"}|{"x":"q","y":true}|{"x":"q","y":false}|{"x":"q"}""")]
    [TestCase("""{"type":"array","items":{"type":"boolean"},"maxItems":1}""", "[]|[true]|[false]")]
    [TestCase("""{"anyOf":[{"const":1},{"const":1},{"const":"é"}]}""", "1|\"é\"")]
    [TestCase("""{"type":"string","maxLength":0}""", "\"\"")]
    public void Lists_the_documents_in_order(string schema, string documents)
    {
        JsonGrammar grammar = Schemas.Compile(schema);
        Assert.That(ChoiceSet.TryEnumerate(grammar, out IReadOnlyList<string>? found), Is.True);
        Assert.That(found, Is.EqualTo(documents.Split('|')));
        Assert.That(found, Has.All.Matches<string?>(d => grammar.Allows(d!)));
    }

    [TestCase("""{"type":"string"}""")]
    [TestCase("""{"type":"integer"}""")]
    [TestCase("""{"type":"string","x-span":true}""")]
    [TestCase("""{"type":"array","items":{"const":1}}""")]
    [TestCase("""{"type":"array","items":{"type":"boolean"},"minItems":11,"maxItems":11}""")]
    [TestCase("""{"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"}}}""")]
    [TestCase("""{"type":"object"}""")]
    [TestCase("{}")]
    public void Is_not_for_what_has_no_end(string schema) =>
        Assert.That(ChoiceSet.TryEnumerate(Schemas.Compile(schema), out _), Is.False);

    [Test]
    public void The_limit_counts_documents()
    {
        JsonGrammar grammar = Schemas.Compile("""{"enum":[1,2,3]}""");
        Assert.That(ChoiceSet.TryEnumerate(grammar, out _, limit: 3), Is.True);
        Assert.That(ChoiceSet.TryEnumerate(grammar, out _, limit: 2), Is.False);
    }
}
