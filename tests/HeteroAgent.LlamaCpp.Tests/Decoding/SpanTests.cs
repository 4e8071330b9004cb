using System.Text;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public class SpanTests
{
    private const string Span = """{"type":"string","x-span":true}""";
    private const string Source = "Book a table at Zoë's \"Café 12\"\nfor two, 東京 please.";

    [TestCase("Book", true)]
    [TestCase("a table", true)]
    [TestCase("table at Zoë", true)]
    [TestCase("Zoë's", true)]
    [TestCase("\\\"Café 12\\\"\\nfor", true)]
    [TestCase("two,", true)]
    [TestCase("京 please.", true)]
    [TestCase("東", true)]
    [TestCase("12", true)]
    [TestCase("Boo", false)]
    [TestCase("ook", false)]
    [TestCase(" Book", false)]
    [TestCase("Book ", false)]
    [TestCase("Zo", false)]
    [TestCase("1", false)]
    [TestCase("table for", false)]
    [TestCase("", false)]
    [TestCase("book", false)]
    public void A_span_occurs_in_the_source_word_by_word(string written, bool allowed) =>
        Assert.That(Schemas.Compile(Span).Allows($"\"{written}\"", Source), Is.EqualTo(allowed));

    [TestCase("")]
    [TestCase(" \n ")]
    public void A_source_without_words_allows_the_empty_string(string source) =>
        Assert.That(Schemas.Compile(Span).Allows("\"\"", source), Is.True);

    [Test]
    public void Bounds_count_characters()
    {
        JsonGrammar grammar = Schemas.Compile("""{"type":"string","x-span":true,"minLength":3,"maxLength":5}""");
        Assert.That(grammar.Allows("\"Zoë\"", Source), Is.True);
        Assert.That(grammar.Allows("\"Zoë's\"", Source), Is.True);
        Assert.That(grammar.Allows("\"a\"", Source), Is.False);
        Assert.That(grammar.Allows("\"table at\"", Source), Is.False);
    }

    [Test]
    public void A_source_is_required() =>
        Assert.That(() => Schemas.Compile(Span).CreateState(TestVocabulary.Default), Throws.ArgumentNullException);

    [Test]
    public void A_source_that_cannot_serve_is_refused() =>
        Assert.That(
            () => Schemas.Compile("""{"type":"object","properties":{"x":{"type":"string","x-span":true,"minLength":9}},"required":["x"]}""").CreateState(TestVocabulary.Default, "short"),
            Throws.TypeOf<InvalidSchemaException>().With.Property("JsonPointer").EqualTo("#/properties/x"));

    [Test]
    public void An_optional_span_that_cannot_be_is_left_out()
    {
        JsonGrammar grammar = Schemas.Compile("""{"type":"object","properties":{"x":{"type":"string","x-span":true,"minLength":9},"y":{"type":"null"}}}""");
        Assert.That(grammar.Allows("""{"y":null}""", "short"), Is.True);
        Assert.That(grammar.CreateState(TestVocabulary.Default, "short").TryAcceptBytes("{\"x"u8), Is.False);
    }

    [Test]
    public void Every_value_of_a_random_walk_occurs_in_the_source()
    {
        string[] sources = [Source, "a\\b \t\u0001x \"q\" q", "no no no", "x\ud800y", "😀 smile 😀"];
        foreach (string source in sources)
        {
            string clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(source));
            for (int seed = 0; seed < 200; seed++)
            {
                GrammarState state = Schemas.Compile(Span).CreateState(TestVocabulary.Default, source);
                string text = RandomWalk.Run(state, new Random(seed), 40).Text;
                string value = Schemas.Parse(text).GetString()!;
                Assert.That(clean, Does.Contain(value), text);
                Assert.That(value, Is.EqualTo(value.Trim()).And.Not.Empty);
                Assert.That(JsonText.String(value), Is.EqualTo(Encoding.UTF8.GetBytes(text)));
            }
        }
    }

    [Test]
    public void A_long_repetitive_source_is_indexed()
    {
        string source = string.Concat(Enumerable.Repeat("a ", 20_000));
        Assert.That(Schemas.Compile(Span).Allows("\"a a a\"", source), Is.True);
    }
}
