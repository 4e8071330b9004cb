using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public class SchemaRefusalTests
{
    [TestCase("""{"type":"string","pattern":"a"}""", "pattern", "#/pattern")]
    [TestCase("""{"type":"object","properties":{"a/b":{"type":"string","format":"date"}}}""", "format", "#/properties/a~1b/format")]
    [TestCase("""{"type":"integer","minimum":1}""", "minimum", "#/minimum")]
    [TestCase("""{"allOf":[{}]}""", "allOf", "#/allOf")]
    [TestCase("""{"oneOf":[{}]}""", "oneOf", "#/oneOf")]
    [TestCase("""{"type":"object","properties":{"a":{}},"additionalProperties":true}""", "additionalProperties", "#/additionalProperties")]
    [TestCase("""{"type":"object","properties":{"a":{}},"additionalProperties":{"type":"string"}}""", "additionalProperties", "#/additionalProperties")]
    [TestCase("""{"type":"array","items":[{}]}""", "items", "#/items")]
    [TestCase("""{"anyOf":[{"type":"string"}],"minLength":2}""", "minLength", "#/minLength")]
    [TestCase("""{"$ref":"#/$defs/a","properties":{},"$defs":{"a":{}}}""", "properties", "#/properties")]
    [TestCase("""{"$ref":"http://example.com/schema"}""", "$ref", "#/$ref")]
    [TestCase("""{"properties":{"a":{"$id":"b"}}}""", "$id", "#/properties/a/$id")]
    [TestCase("""{"type":"string","enum":["a"],"x-span":true}""", "x-span", "#/x-span")]
    [TestCase("""{"type":"string","format":"email","x-span":true}""", "format", "#/format")]
    [TestCase("""{"type":"string","format":"date","maxLength":9,"x-span":true}""", "format", "#/format")]
    [TestCase("""{"anyOf":[{"type":"string"},{"type":"array","items":{"not":{}}}]}""", "not", "#/anyOf/1/items/not")]
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
    [TestCase("""{"anyOf":[false,false]}""", "#/anyOf/0")]
    [TestCase("""{"type":"array","minItems":3,"maxItems":2}""", "#/minItems")]
    [TestCase("""{"type":"string","minLength":-1}""", "#/minLength")]
    [TestCase("""{"type":"string","minLength":3,"maxLength":2}""", "#/minLength")]
    [TestCase("""{"type":"object","properties":{"a":{}},"required":["b"]}""", "#/required")]
    [TestCase("""{"type":"object","properties":{"a":{"type":"object","properties":{"b":false},"required":["b"]}},"required":["a"]}""", "#/properties/a/properties/b")]
    [TestCase("""{"type":"object","properties":[]}""", "#/properties")]
    [TestCase("""{"$ref":"#/$defs/none"}""", "#/$ref")]
    [TestCase("""{"$ref":"#"}""", "#")]
    [TestCase("""{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}""", null)]
    [TestCase("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""", "#")]
    [TestCase("""{"type":"array","minItems":1,"items":{"$ref":"#"}}""", "#")]
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
