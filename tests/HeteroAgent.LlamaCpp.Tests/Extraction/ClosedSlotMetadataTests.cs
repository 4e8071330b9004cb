using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

internal sealed class ClosedSlotMetadataTests
{
    private const string Tools = """{"heat":["room"],"light":[]}""";
    private const string Pattern = WordSplitter.UsualPattern;

    [Test]
    public void Slots_come_in_the_order_of_the_tools_and_of_the_metadata()
    {
        ExtractionSchema schema = ExtractionSchema.Parse(Tools, Pattern, """{"light":{"level":["dim","bright"]},"heat":{"speed":["fast"],"direction":["up","down"]}}""");
        Assert.Multiple(() =>
        {
            Assert.That(schema.Closed.Select(c => $"{c.Tool}.{c.Slot}"), Is.EqualTo((string[])["heat.speed", "heat.direction", "light.level"]));
            Assert.That(schema.ClosedOfTool, Is.EqualTo((int[][])[[0, 1], [2]]));
            Assert.That(schema.Tools[1].ClosedSlots.Single().Members, Is.EqualTo((string[])["dim", "bright"]));
            Assert.That(schema.LabelCount, Is.EqualTo(3), "closed slots label no words");
        });
    }

    [TestCase("""["heat"]""", "object of tool names")]
    [TestCase("""{"fly":{"up":["yes"]}}""", "'fly' is no tool")]
    [TestCase("""{"heat":["up"]}""", "not an object")]
    [TestCase("""{"heat":{"direction":"up"}}""", "not an array")]
    [TestCase("""{"heat":{"direction":[]}}""", "array of 1 to 64")]
    [TestCase("""{"heat":{"direction":["up",1]}}""", "not all strings")]
    [TestCase("""{"heat":{"direction":["up","up"]}}""", "twice")]
    [TestCase("""{"heat":{"direction":["up",""]}}""", "empty")]
    [TestCase("""{"heat":{"room":["kitchen"]}}""", "'room'")]
    [TestCase("""{"heat":{"a":["x"],"a":["y"]}}""", "'a' of 'heat'")]
    [TestCase("""{"heat":{"a":["x"]},"heat":{"b":["y"]}}""", "'heat' stands there twice")]
    public void What_is_malformed_is_refused(string closed, string named) =>
        Assert.That(() => ExtractionSchema.Parse(Tools, Pattern, closed), Throws.TypeOf<FormatException>().With.Message.Contains(named));

    [Test]
    public void More_than_can_be_told_apart_is_refused()
    {
        string members = string.Join(',', Enumerable.Range(0, 65).Select(i => $"\"m{i}\""));
        string slots = string.Join(',', Enumerable.Range(0, 257).Select(i => $"\"s{i}\":[\"m\"]"));
        Assert.That(() => ExtractionSchema.Parse(Tools, Pattern, "{\"heat\":{\"a\":[" + members + "]}}"), Throws.TypeOf<FormatException>());
        Assert.That(() => ExtractionSchema.Parse(Tools, Pattern, "{\"heat\":{" + slots + "}}"), Throws.TypeOf<FormatException>().With.Message.Contains("256"));
    }

    [TestCase("{")]
    [TestCase("""{"heat":{"direction":["\ud800"]}}""")]
    [TestCase("""{"\ud800":{"direction":["up"]}}""")]
    [TestCase("")]
    [TestCase(null)]
    public void A_damaged_file_is_refused_by_its_path(string? closed)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("closed").FullName, "damaged.gguf");
        GgufWriter writer = new("llama");
        writer.Set("extract.tools", Tools);
        writer.Set("extract.word_pattern", Pattern);
        if (closed is null)
        {
            writer.Set("extract.closed", 1u);
        }
        else
        {
            writer.Set("extract.closed", closed);
        }

        writer.Write(path);
        try
        {
            Assert.That(() => ExtractionSchema.Read(GgufFile.Read(path), path), Throws.TypeOf<LlamaModelException>().With.Message.Contains("extract.closed").And.Message.Contains(path));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Test]
    public void What_is_written_is_read_again_and_no_two_values_share_a_token()
    {
        // Names that look like parts of tokens, and whatever else text may hold.
        Gen<string> name = Gen.OneOf(
            Gen.Elements("a", "a.b", "b", "a=b", @"a\", @"\.", "=", "b>", "\"", "é", "😀"),
            ArbMap.Default.GeneratorFor<UnicodeString>().Select(u => u.Get ?? "x").Where(u => !u.Any(char.IsSurrogate)));
        Gen<string[]> names = name.NonEmptyListOf().Select(l => l.Where(n => n.Length > 0).Distinct(StringComparer.Ordinal).Take(5).DefaultIfEmpty("x").ToArray());
        Gen<ClosedSlot[]> slots =
            from tools in names
            from each in names.ListOf(tools.Length)
            from members in names
            select tools.SelectMany((t, i) => each[i].Select(s => new ClosedSlot(t, s, members))).ToArray();
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(slots.ToArbitrary(), written =>
        {
            ExtractiveTool[] tools = [.. written.Select(s => s.Tool).Distinct().Select(t => new ExtractiveTool(t, []))];
            List<ClosedSlot> read = ClosedSlotMetadata.Parse(ClosedSlotMetadata.Write(written), tools);
            string[] tokens = [ClosedSlot.NoneToken, .. read.Select(s => s.AskToken), .. read.SelectMany(s => s.ValueTokens)];
            return Text(read).SequenceEqual(Text(written)) && tokens.Distinct(StringComparer.Ordinal).Count() == tokens.Length;
        }));

        static IEnumerable<string> Text(IEnumerable<ClosedSlot> slots) => slots.SelectMany(s => (string[])[s.Tool, s.Slot, .. s.Members]);
    }

    [Test]
    public void Models_with_other_closed_sets_are_not_the_same()
    {
        ExtractionSchema Schema(string? closed) => ExtractionSchema.Parse(Tools, Pattern, closed);
        ExtractionSchema one = Schema("""{"heat":{"direction":["up","down"]}}""");
        Assert.Multiple(() =>
        {
            Assert.That(one.SameAs(Schema("""{"heat":{"direction":["up","down"]}}""")), Is.True);
            Assert.That(one.SameAs(Schema("""{"heat":{"direction":["down","up"]}}""")), Is.False);
            Assert.That(one.SameAs(Schema("""{"light":{"direction":["up","down"]}}""")), Is.False);
            Assert.That(one.SameAs(Schema(null)), Is.False);
        });
    }
}
