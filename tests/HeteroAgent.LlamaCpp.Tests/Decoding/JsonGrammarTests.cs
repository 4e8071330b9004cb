using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public class JsonGrammarTests
{
    private const string Person = """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"},"mail":{"type":"string"}},"required":["name","mail"]}""";
    private const string Tree = """{"type":"object","properties":{"v":{"type":"integer"},"next":{"$ref":"#"}},"required":["v"]}""";

    [TestCase("""{"type":"boolean"}""", "true", true)]
    [TestCase("""{"type":"boolean"}""", "null", false)]
    [TestCase("""{"type":"null"}""", "null", true)]
    [TestCase("""{"type":["string","null"]}""", "null", true)]
    [TestCase("""{"type":["string","null"]}""", "\"a\"", true)]
    [TestCase("""{"type":["string","null"]}""", "1", false)]
    [TestCase("""{"type":"integer"}""", "-12", true)]
    [TestCase("""{"type":"integer"}""", "012", false)]
    [TestCase("""{"type":"integer"}""", "-0", false)]
    [TestCase("""{"type":"integer"}""", "1.0", false)]
    [TestCase("""{"type":"integer"}""", "123456789012345678", true)]
    [TestCase("""{"type":"integer"}""", "1234567890123456789", false)]
    [TestCase("""{"type":"number"}""", "-0.5e-3", true)]
    [TestCase("""{"type":"number"}""", "1e289", true)]
    [TestCase("""{"type":"number"}""", "1e290", false)]
    [TestCase("""{"type":"number"}""", "1.", false)]
    [TestCase("""{"type":"number"}""", "+1", false)]
    [TestCase("""{"enum":["a","ab",1,12,null,{"x":[1, 2]}]}""", "\"ab\"", true)]
    [TestCase("""{"enum":["a","ab",1,12,null,{"x":[1, 2]}]}""", "12", true)]
    [TestCase("""{"enum":["a","ab",1,12,null,{"x":[1, 2]}]}""", "1", true)]
    [TestCase("""{"enum":["a","ab",1,12,null,{"x":[1, 2]}]}""", "2", false)]
    [TestCase("""{"enum":["a","ab",1,12,null,{"x":[1, 2]}]}""", """{"x":[1,2]}""", true)]
    [TestCase("""{"enum":["a",1,null],"type":"string"}""", "1", false)]
    [TestCase("""{"enum":["a","abc"],"minLength":2}""", "\"a\"", false)]
    [TestCase("""{"enum":["a","abc"],"minLength":2}""", "\"abc\"", true)]
    [TestCase("""{"const":3.0}""", "3", true)]
    [TestCase("""{"const":"a/b\u0001\n"}""", "\"a/b\\u0001\\n\"", true)]
    [TestCase("""{"type":"string","minLength":2,"maxLength":3}""", "\"a\"", false)]
    [TestCase("""{"type":"string","minLength":2,"maxLength":3}""", "\"日😀\"", true)]
    [TestCase("""{"type":"string","minLength":2,"maxLength":3}""", "\"a\\n\\u0001\"", true)]
    [TestCase("""{"type":"string","minLength":2,"maxLength":3}""", "\"abcd\"", false)]
    [TestCase("""{"type":"string"}""", "\"\\/\"", false)]
    [TestCase("""{"type":"string"}""", "\"\\u0041\"", false)]
    [TestCase("""{"type":"string"}""", "\"\\u000a\"", false)]
    [TestCase("""{"type":"string"}""", "\"\\u001f\\u0000\\u000b\"", true)]
    [TestCase("""{"type":"string"}""", "\"\n\"", false)]
    [TestCase("""{"type":"array","items":{"type":"integer"}}""", "[]", true)]
    [TestCase("""{"type":"array","items":{"type":"integer"}}""", "[1,2,3]", true)]
    [TestCase("""{"type":"array","items":{"type":"integer"}}""", "[1, 2]", false)]
    [TestCase("""{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}""", "[1]", false)]
    [TestCase("""{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}""", "[1,2]", true)]
    [TestCase("""{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}""", "[1,2,3,4]", false)]
    [TestCase("""{"type":"array","maxItems":0}""", "[]", true)]
    [TestCase("""{"type":"array","maxItems":0}""", "[1]", false)]
    [TestCase("""{"type":"array","items":false}""", "[]", true)]
    [TestCase("""{"type":"array"}""", """[{"a":[]},null,"x"]""", true)]
    [TestCase(Person, """{"name":"a","age":1,"mail":"b"}""", true)]
    [TestCase(Person, """{"name":"a","mail":"b"}""", true)]
    [TestCase(Person, """{"mail":"b","name":"a"}""", false)]
    [TestCase(Person, """{"name":"a"}""", false)]
    [TestCase(Person, """{"name":"a","mail":"b","x":1}""", false)]
    [TestCase(Person, """{}""", false)]
    [TestCase("""{"type":"object","properties":{"a":{},"ab":{},"b\"":{}}}""", """{"ab":1,"b\"":[]}""", true)]
    [TestCase("""{"type":"object","properties":{"a":false,"b":true}}""", """{"b":{}}""", true)]
    [TestCase("""{"type":"object","properties":{"a":false,"b":true}}""", """{"a":1}""", false)]
    [TestCase("""{"type":"object"}""", """{"any":{"x":[1]},"":""}""", true)]
    [TestCase("""{"type":"object"}""", "[]", false)]
    [TestCase("""{"type":"object","additionalProperties":false}""", "{}", true)]
    [TestCase("""{"type":"object","additionalProperties":false}""", """{"a":1}""", false)]
    [TestCase("""{"type":"object","additionalProperties":{"type":"integer"}}""", """{"a":1,"b":2}""", true)]
    [TestCase("""{"type":"object","additionalProperties":{"type":"integer"}}""", """{"a":"1"}""", false)]
    [TestCase("""{"enum":[{"a":1},{"a":"1"}],"additionalProperties":{"type":"integer"}}""", """{"a":"1"}""", false)]
    [TestCase("""{"anyOf":[{"type":"integer"},{"type":"array","items":{"type":"boolean"}}]}""", "[true]", true)]
    [TestCase("""{"anyOf":[{"type":"integer"},{"type":"string"}],"type":"string"}""", "1", false)]
    [TestCase("""{"anyOf":[{"type":"integer"},{"type":"string"}],"type":"string"}""", "\"\"", true)]
    [TestCase("""{"anyOf":[{"properties":{"a":{"const":1}},"required":["a"],"type":"object"},{"properties":{"a":{"const":12},"b":{"const":2}},"required":["a","b"],"type":"object"}]}""", """{"a":12,"b":2}""", true)]
    [TestCase("""{"anyOf":[{"properties":{"a":{"const":1}},"required":["a"],"type":"object"},{"properties":{"a":{"const":12},"b":{"const":2}},"required":["a","b"],"type":"object"}]}""", """{"a":1,"b":2}""", false)]
    [TestCase("""{"$ref":"#/$defs/x~1y","$defs":{"x/y":{"type":"integer"}}}""", "4", true)]
    [TestCase("""{"$ref":"#/definitions/a%25b","definitions":{"a%b":{"type":"integer"}}}""", "4", true)]
    [TestCase("""{"$ref":"#/$defs/v","type":"string","$defs":{"v":{"anyOf":[{"type":"integer"},{"type":"string"}]}}}""", "4", false)]
    [TestCase("""{"$ref":"#/$defs/v","items":{"type":"null"},"$defs":{"v":{"type":"array","items":{"type":"null"}}}}""", "[null]", true)]
    [TestCase(Tree, """{"v":1,"next":{"v":2,"next":{"v":3}}}""", true)]
    [TestCase(Tree, """{"v":1,"next":{}}""", false)]
    [TestCase("""{"minLength":2}""", "1", true)]
    [TestCase("""{"minLength":2}""", "\"a\"", false)]
    [TestCase("""{}""", """[1,"x",{"y":null}]""", true)]
    [TestCase("true", "[[]]", true)]
    public void Allows_what_the_schema_allows(string schema, string text, bool allowed) =>
        Assert.That(Schemas.Compile(schema).Allows(text), Is.EqualTo(allowed));

    [TestCase("c0 80")]
    [TestCase("ed a0 80")]
    [TestCase("f4 90 80 80")]
    [TestCase("e0 80 80")]
    [TestCase("f0 80 80 80")]
    [TestCase("80")]
    [TestCase("ff")]
    [TestCase("e6 97 22")]
    public void Refuses_invalid_utf8(string hex)
    {
        GrammarState state = Schemas.Compile("""{"type":"string"}""").CreateState(TestVocabulary.Default);
        Assert.That(state.TryAcceptBytes([0x22, .. Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))]), Is.False);
    }

    [TestCase("true", 1)]
    [TestCase("""{"type":"boolean"}""", 4)]
    [TestCase("""{"type":"string","minLength":1000,"maxLength":100000}""", 1002)]
    [TestCase(Person, 21)]
    [TestCase(Tree, 7)]
    [TestCase("""{"type":"array","minItems":3,"items":{"const":"ab"}}""", 16)]
    public void Knows_the_shortest_document(string schema, int bytes)
    {
        GrammarState state = Schemas.Compile(schema).CreateState(TestVocabulary.Default);
        byte[] shortest = state.ShortestCompletion();
        Assert.That(state.MinimumBytesToComplete, Is.EqualTo(bytes));
        Assert.That(shortest, Has.Length.EqualTo(bytes));
        Assert.That(state.TryAcceptBytes(shortest) && state.IsComplete, Is.True);
    }

    [Test]
    public void Caps_the_depth()
    {
        string open = new('[', JsonGrammar.MaxDepth);
        string close = new(']', JsonGrammar.MaxDepth);
        Assert.That(JsonGrammar.AnyJson.Allows(open + close), Is.True);
        Assert.That(JsonGrammar.AnyJson.Allows($"[{open}{close}]"), Is.False);
        Assert.That(JsonGrammar.AnyJson.Allows($"{open[1..]}[1]{close[1..]}"), Is.True);
    }

    [Test]
    public void Any_object_is_an_object()
    {
        Assert.That(JsonGrammar.AnyObject.Allows("""{"a":[1.5]}"""), Is.True);
        Assert.That(JsonGrammar.AnyObject.Allows("[]"), Is.False);
    }

    [Test]
    public void Ambiguous_recursion_stays_small()
    {
        const string Schema = """{"$ref":"#/$defs/n","$defs":{"n":{"anyOf":[{"type":"object","properties":{"a":{"$ref":"#/$defs/n"},"b":{"type":"null"}}},{"type":"object","properties":{"a":{"$ref":"#/$defs/n"},"c":{"type":"null"}}}]}}}""";
        string text = string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "{}" + string.Concat(Enumerable.Repeat(",\"c\":null}", 40));
        Assert.That(Schemas.Compile(Schema).Allows(text), Is.True);
        Assert.That(Schemas.Compile(Schema).Allows(text.Replace("\"c\":null}", "\"d\":null}", StringComparison.Ordinal)), Is.False);
    }

    [Test]
    public void Grammars_are_kept_by_their_text()
    {
        JsonGrammar first = Schemas.Compile(Person);
        Assert.That(Schemas.Compile(Person), Is.SameAs(first));
        Assert.That(Schemas.Compile(Person + " "), Is.SameAs(first), "white space around a value is no part of it");
    }

    [Test]
    public void A_vocabulary_without_a_needed_byte_is_refused()
    {
        byte[]?[] pieces = [.. Enumerable.Range(0, 256).Select(b => b == '}' ? null : new[] { (byte)b })];
        Assert.That(() => JsonGrammar.AnyJson.CreateState(new TokenVocabulary(pieces, [])), Throws.ArgumentException.With.Message.Contains("0x7D"));
    }
}
