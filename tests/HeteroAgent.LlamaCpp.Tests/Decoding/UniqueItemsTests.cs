using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public class UniqueItemsTests
{
    private static readonly string[] Items =
    [
        """{"type":"string"}""", """{"type":"string","minLength":1,"maxLength":2}""", """{"type":"string","pattern":"^a*b?$"}""", """{"type":"integer"}""",
        """{"type":"number","minimum":0,"maximum":1}""", """{"type":["string","integer","null","boolean"]}""", """{"type":"integer","minimum":1,"maximum":40}""",
        """{"anyOf":[{"type":"string","pattern":"^[ab]+$"},{"enum":["a","c",1,true]}]}""", """{"type":"string","format":"time"}""",
    ];

    [Test]
    public void A_walk_writes_no_item_twice() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(Gen.Elements(Items).Zip(Gen.Choose(0, 5)).Zip(Gen.Choose(0, int.MaxValue - 1)).ToArbitrary(), sample =>
        {
            ((string items, int least), int seed) = sample;
            var random = new Random(seed);
            GrammarState state = Schemas.Compile($$"""{"type":"array","uniqueItems":true,"items":{{items}},"minItems":{{least}},"maxItems":{{least + random.Next(6)}}}""").CreateState(TestVocabulary.Default);
            JsonElement[] written = [.. Schemas.Parse(RandomWalk.Run(state, random, state.MinimumBytesToComplete + random.Next(1, 60), checkMasks: seed % 8 == 0).Text).EnumerateArray()];
            return written.Length >= least && !written.SelectMany((x, i) => written.Take(i).Select(y => JsonElement.DeepEquals(x, y))).Any(same => same);
        }));

    // The two words of the pattern, and no third.
    [TestCase("""{"items":{"pattern":"^[ab]$","type":"string"}}""", """["a","b"]""", true)]
    [TestCase("""{"items":{"type":"string"}}""", """["a","b","a"]""", false)]
    [TestCase("""{"items":{"type":"string"}}""", """["a","ab","b",""]""", true)]
    [TestCase("""{"items":{"type":"string"}}""", """["é\n","é\n"]""", false)]
    [TestCase("""{"items":{"type":"string"}}""", """["","a",""]""", false)]
    [TestCase("""{"items":{"type":"number"}}""", """[1,10,1.5,-1]""", true)]
    [TestCase("""{"items":{"type":"number"}}""", """[1,10,1]""", false)]
    [TestCase("""{"items":{"type":"number"}}""", """[1,1.0]""", false)]
    [TestCase("""{"items":{"type":["integer","string"]}}""", """[1,"1"]""", true)]
    [TestCase("""{"items":{"type":["integer","string"]},"maxItems":2}""", """[1,"1",2]""", false)]
    [TestCase("""{"items":{"type":"integer"},"minItems":2}""", """[1]""", false)]
    [TestCase("""{"items":{"type":"integer"}}""", """[]""", true)]
    public void Equal_items_are_not_read(string schema, string text, bool read) =>
        Assert.That(Schemas.Compile(schema.Replace("{\"items\"", "{\"type\":\"array\",\"uniqueItems\":true,\"items\"", StringComparison.Ordinal)).Allows(text), Is.EqualTo(read));

    [Test]
    public void More_items_than_there_are_values_are_refused() =>
        Assert.Throws<InvalidSchemaException>(() => Schemas.Compile("""{"type":"array","uniqueItems":true,"items":{"type":"integer","minimum":1,"maximum":40},"minItems":41}"""));
}
