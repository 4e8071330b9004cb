using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class JsonSchemaValidatorTests
{
    [TestCase("""{"type":"object","properties":{"a":{"unevaluatedItems":false}}}""", "/properties/a/unevaluatedItems")]
    [TestCase("""{"$ref":"http://example.org/other"}""", "/$ref")]
    [TestCase("""{"$ref":"#/$defs/missing"}""", "/$ref")]
    [TestCase("""{"type":"text"}""", "/type")]
    [TestCase("""{"minLength":-1}""", "/minLength")]
    [TestCase("""{"minLength":1.5}""", "/minLength")]
    [TestCase("""{"multipleOf":0}""", "/multipleOf")]
    [TestCase("""{"pattern":"("}""", "/pattern")]
    [TestCase("""{"anyOf":[]}""", "/anyOf")]
    [TestCase("""{"required":"a"}""", "/required")]
    [TestCase("""{"items":5}""", "/items")]
    [TestCase("""{"nullable":true}""", "/nullable")]
    [TestCase("""{"$schema":"https://example.org/mine"}""", "/$schema")]
    [TestCase("""{"$ref":"#"}""", "")]
    [TestCase("""{"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"allOf":[{"$ref":"#/$defs/a"}]}},"$ref":"#/$defs/a"}""", "/$defs/a")]
    [TestCase("[]", "")]
    public void A_schema_that_cannot_be_kept_to_is_refused_with_its_place(string schema, string place) =>
        Assert.That(() => new JsonSchemaValidator(EscalationPolicyTests.Json(schema)), Throws.InstanceOf<JsonSchemaException>().With.Property("JsonPointer").EqualTo("#" + place));

    [Test]
    public void Errors_name_the_place_in_the_value_and_in_the_schema()
    {
        JsonSchemaValidator validator = new(EscalationPolicyTests.Json("""{"properties":{"a/b":{"items":{"type":"integer"}}}}"""));
        JsonSchemaError error = validator.Validate("""{"a/b":[1,"x"]}""").Single();
        Assert.That(error, Is.EqualTo(new JsonSchemaError("/a~1b/1", "/properties/a~1b/items/type", "expected integer, found \"x\"")));
    }

    [Test]
    public void A_recursive_schema_ends_with_the_value()
    {
        JsonSchemaValidator validator = new(EscalationPolicyTests.Json("""{"$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"},"v":{"type":"integer"}},"required":["v"]}},"$ref":"#/$defs/n"}"""));
        Assert.That(validator.Validate("""{"v":1,"next":{"v":2,"next":{"v":3}}}"""), Is.Empty);
        Assert.That(validator.Validate("""{"v":1,"next":{"v":2,"next":{}}}""").Single().InstancePointer, Is.EqualTo("/next/next"));
    }

    [Test]
    public void A_span_is_checked_only_against_a_source()
    {
        JsonSchemaValidator validator = new(EscalationPolicyTests.Json("""{"type":"string","x-span":true}"""));
        Assert.That(validator.HasSpans, Is.True);
        Assert.That(validator.Validate("\"Paris\""), Is.Empty);
        Assert.That(validator.Validate("\"Paris\"", "to Paris"), Is.Empty);
        Assert.That(validator.Validate("\"paris\"", "to Paris"), Has.Count.EqualTo(1));
    }

    [TestCase("a-[bc]", "a-b", true)]
    [TestCase("^[!-[]$", "A", true)]
    [TestCase("^[a-z]+$", "abc\n", false)]
    [TestCase("^.$", "😀", true)]
    [TestCase("^\\d$", "٣", false)]
    [TestCase("^\\w$", "é", false)]
    [TestCase("^[^]$", "x", true)]
    [TestCase("[]", "x", false)]
    [TestCase("^\\u{1F600}$", "😀", true)]
    [TestCase("^(a)\\1$", "aa", true)]
    [TestCase("^(?!b).*$", "abc", true)]
    public void Patterns_mean_what_ECMA_262_says(string pattern, string text, bool matches) =>
        Assert.That(EcmaPattern.Compile(pattern).IsMatch(text), Is.EqualTo(matches));

    [TestCase("1e1000000000000", "1e999", 1)]
    [TestCase("-1e1000000000000", "1", -1)]
    [TestCase("1e-1000000000000", "0", 1)]
    [TestCase("0e5", "-0.0", 0)]
    [TestCase("100", "1e2", 0)]
    public void Numbers_beyond_a_double_are_compared(string a, string b, int order) =>
        Assert.That(ExactNumber.Compare(ExactNumber.Parse(a), ExactNumber.Parse(b)), Is.EqualTo(order));

    [Test]
    public void Exact_numbers_agree_with_decimals() => Prop.ForAll<int, int, byte>(static (x, y, scale) =>
    {
        decimal a = x / (decimal)Math.Pow(10, scale % 9);
        decimal b = Math.Max(Math.Abs((long)y), 1) / (decimal)Math.Pow(10, scale % 4);
        ExactNumber exactA = ExactNumber.Parse(a.ToString(CultureInfo.InvariantCulture));
        ExactNumber exactB = ExactNumber.Parse(b.ToString(CultureInfo.InvariantCulture));
        return ExactNumber.Compare(exactA, exactB) == a.CompareTo(b)
            && exactA.IsInteger == (a == decimal.Truncate(a))
            && exactA.IsMultipleOf(exactB) == (a % b == 0);
    }).QuickCheckThrowOnFailure();
}
