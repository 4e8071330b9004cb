using System.Text.Json;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Numbers and dates that must be written in the span source in some form.</summary>
public class SpanValueTests
{
    private const string Source = "Invoice 12 of March 5, 2024: 3 rooms at $1,250.50, 12% off, due 3/4/2024 at 5 pm. Call 125.";

    [TestCase("number", "1250.5", true)]
    [TestCase("number", "12", true)]
    [TestCase("number", "125", true)]
    [TestCase("number", "0.12", true)]
    [TestCase("number", "1", false)]
    [TestCase("number", "1250.50", false)]
    [TestCase("number", "1250", false)]
    [TestCase("integer", "12", true)]
    [TestCase("integer", "1250.5", false)]
    [TestCase("integer", "0.12", false)]
    public void A_number_is_one_of_the_source(string type, string value, bool allowed)
    {
        string schema = $$"""{"type":"{{type}}","x-span":true}""";
        Assert.That(Schemas.Compile(schema).Allows(value, Source), Is.EqualTo(allowed));
        Assert.That(Schemas.Compile($$"""{"type":"object","properties":{"n":{{schema}},"m":{{schema}}},"required":["n"]}""").Allows($$"""{"n":{{value}},"m":125}""", Source), Is.EqualTo(allowed));
        Assert.That(Schemas.Compile($$"""{"type":"array","items":{{schema}}}""").Allows($"[{value},12]", Source), Is.EqualTo(allowed));
    }

    [TestCase("date", "2024-03-05", true)]
    [TestCase("date", "2024-03-04", true)]
    [TestCase("date", "2024-04-03", true)]
    [TestCase("date", "March 5, 2024", false)]
    [TestCase("date", "2024-05-03", false)]
    [TestCase("time", "17:00:00", true)]
    [TestCase("time", "05:00:00", false)]
    [TestCase("date-time", "2024-03-04T17:00:00", true)]
    [TestCase("date-time", "2024-03-05T17:00:00", false)]
    public void A_date_is_one_of_the_source(string format, string value, bool allowed) =>
        Assert.That(Schemas.Compile($$"""{"type":"string","format":"{{format}}","x-span":true}""").Allows($"\"{value}\"", Source), Is.EqualTo(allowed));

    [Test]
    public void A_value_that_the_source_lacks_is_refused_where_it_is_required()
    {
        JsonElement required = Schemas.Parse("""{"type":"object","properties":{"day":{"type":"string","format":"date","x-span":true}},"required":["day"]}""");
        Assert.That(
            () => JsonGrammar.Compile(required).CreateState(TestVocabulary.Default, "some day"),
            Throws.TypeOf<InvalidSchemaException>().With.Property("JsonPointer").EqualTo("#/properties/day"));
        JsonGrammar optional = Schemas.Compile("""{"type":"object","properties":{"n":{"type":"number","x-span":true},"m":{"type":["integer","null"],"x-span":true}},"required":["m"]}""");
        Assert.That(optional.Allows("""{"m":null}""", "none"), Is.True);
        Assert.That(optional.CreateState(TestVocabulary.Default, "none").TryAcceptBytes("{\"n"u8), Is.False);
    }

    [Test]
    public void Every_document_of_a_random_walk_is_written_in_the_source()
    {
        const string Schema = """{"type":"object","properties":{"n":{"type":"number","x-span":true},"d":{"type":"string","format":"date","x-span":true},"s":{"type":"string","x-span":true},"l":{"type":"array","items":{"type":"integer","x-span":true}}},"required":["n","d"],"additionalProperties":false}""";
        JsonSchemaValidator validator = new(Schemas.Parse(Schema));
        for (int seed = 0; seed < 300; seed++)
        {
            GrammarState state = Schemas.Compile(Schema).CreateState(TestVocabulary.Default, Source);
            string text = RandomWalk.Run(state, new Random(seed), 120).Text;
            Assert.That(validator.Validate(text, Source), Is.Empty, text);
        }
    }
}
