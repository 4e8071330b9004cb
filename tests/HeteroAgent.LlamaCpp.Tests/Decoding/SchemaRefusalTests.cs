using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public class SchemaRefusalTests
{
    [TestCase("""{"type":"string","pattern":"(a)\\1"}""", "pattern", "#/pattern")]
    [TestCase("""{"type":"string","pattern":"\\bword\\b"}""", "pattern", "#/pattern")]
    [TestCase("""{"type":"object","properties":{"a/b":{"type":"string","format":"iri"}}}""", "format", "#/properties/a~1b/format")]
    [TestCase("""{"type":"integer","multipleOf":123456789}""", "multipleOf", "#/multipleOf")]
    [TestCase("""{"type":"array","items":{"type":"object"},"uniqueItems":true}""", "uniqueItems", "#/uniqueItems")]
    [TestCase("""{"type":"object","properties":{"a":{"type":"array","not":{"uniqueItems":true}}}}""", "uniqueItems", "#/properties/a/not/uniqueItems")]
    [TestCase("""{"$ref":"http://example.com/schema"}""", "$ref", "#/$ref")]
    [TestCase("""{"$recursiveRef":"#"}""", "$recursiveRef", "#/$recursiveRef")]
    [TestCase("""{"type":"string","enum":["a"],"x-span":true}""", "x-span", "#/x-span")]
    [TestCase("""{"type":"string","format":"email","x-span":true}""", "x-span", "#/x-span")]
    [TestCase("""{"type":"string","format":"date","maxLength":9,"x-span":true}""", "x-span", "#/x-span")]
    [TestCase("""{"type":"array","contains":{"type":"string"},"unevaluatedItems":false}""", "unevaluatedItems", "#/unevaluatedItems")]
    [TestCase("""{"not":{"properties":{"a":{"type":"string"}},"unevaluatedProperties":false}}""", "unevaluatedProperties", "#/not/unevaluatedProperties")]
    [TestCase("""{"type":"array","contains":{"type":"string"},"allOf":[{"contains":{"type":"integer"}}]}""", "contains", "#/contains")]
    public void A_keyword_that_is_not_supported_is_named(string schema, string keyword, string place)
    {
        UnsupportedSchemaException e = Assert.Throws<UnsupportedSchemaException>(() => Schemas.Compile(schema))!;
        Assert.That(e.Keyword, Is.EqualTo(keyword));
        Assert.That(e.JsonPointer, Is.EqualTo(place));
        Assert.That(e.Message, Does.Contain(keyword).And.Contain("upported"));
    }

    [TestCase("false", "#")]
    [TestCase("12", "#")]
    [TestCase("""{"type":"text"}""", "#/type")]
    [TestCase("""{"type":[]}""", "#/type")]
    [TestCase("""{"enum":[]}""", "#/enum")]
    [TestCase("""{"enum":["a"],"type":"integer"}""", "#")]
    [TestCase("""{"enum":["\ud800"]}""", "#")]
    [TestCase("""{"type":"object","properties":{"\udc00":{}}}""", "#")]
    [TestCase("""{"anyOf":[]}""", "#/anyOf")]
    [TestCase("""{"anyOf":[false,false]}""", "#")]
    [TestCase("""{"type":"array","minItems":3,"maxItems":2}""", "#")]
    [TestCase("""{"type":"string","minLength":-1}""", "#/minLength")]
    [TestCase("""{"type":"string","minLength":3,"maxLength":2}""", "#")]
    [TestCase("""{"type":"object","properties":{"a":{}},"required":["b"],"additionalProperties":false}""", "#")]
    [TestCase("""{"anyOf":[{"$ref":"#"},{"type":"integer"}]}""", "#")]
    [TestCase("""{"type":"object","properties":{"a":{"type":"object","properties":{"b":false},"required":["b"]}},"required":["a"]}""", "#")]
    [TestCase("""{"type":"object","properties":[]}""", "#/properties")]
    [TestCase("""{"$ref":"#/$defs/none"}""", "#/$ref")]
    [TestCase("""{"$ref":"#"}""", "#")]
    [TestCase("""{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}""", null)]
    [TestCase("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""", "#/properties/a")]
    [TestCase("""{"type":"array","minItems":1,"items":{"$ref":"#"}}""", "#/items")]
    [TestCase("""{"const":1,"$ref":"#"}""", "#")]
    [TestCase("""{"const":{"a":1},"properties":[]}""", "#/properties")]
    [TestCase("""{"const":{"a":1},"required":[1]}""", "#/required")]
    [TestCase("""{"type":"boolean","x-span":true}""", "#/x-span")]
    public void An_impossible_schema_is_refused(string schema, string? place)
    {
        InvalidSchemaException e = Assert.Throws<InvalidSchemaException>(() => Schemas.Compile(schema))!;
        Assert.That(e.JsonPointer, place is null ? Is.Not.Empty : Is.EqualTo(place));
        Assert.That(e.Message, Is.Not.Empty);
    }

    [Test]
    public void Annotations_are_ignored() =>
        Assert.That(
            Schemas.Compile("""{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"x","$comment":"c","title":"t","description":"d","default":1,"examples":[],"deprecated":true,"readOnly":true,"writeOnly":false,"type":"null"}""").Allows("null"),
            Is.True);
}
