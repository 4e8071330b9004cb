using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class StepReaderTests
{
    private static readonly string[] Pieces = ["a", "b ", "\n", "\n\n", "\r\n", "  ", "```", "$$", "\\[", "\\]", "$", "`", "\\", "[", "]", "é", "\U0001F600"];

    [TestCase("one\ntwo", new[] { "one", "two" })]
    [TestCase("one\n\n\n  two\n", new[] { "one", "two" })]
    [TestCase("\n one", new[] { "one" })]
    [TestCase("", new[] { "" })]
    [TestCase("so\n\\[\nx = 1\n\\]\nand", new[] { "so", "\\[\nx = 1\n\\]", "and" })]
    [TestCase("so\n$$\nx\n$$\nand it costs $5\nor $6", new[] { "so", "$$\nx\n$$", "and it costs $5", "or $6" })]
    [TestCase("run\n```\na\n$$\n\nb\n```\ndone", new[] { "run", "```\na\n$$\n\nb\n```", "done" })]
    public void Lines_are_steps(string text, string[] expected) => Assert.That(StepReader.Split(text), Is.EqualTo(expected));

    [Test]
    public void Paragraphs_keep_their_lines() => Assert.That(StepReader.Split("a\nb\n \nc", StepBoundary.Paragraph), Is.EqualTo((string[])["a\nb", "c"]));

    [Test]
    public void However_the_text_arrives_the_steps_are_the_same_and_make_up_the_text() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(Gen.Elements(Pieces).ArrayOf().ToArbitrary(), Gen.Choose(1, 5).ArrayOf().ToArbitrary(), static (pieces, cuts) =>
        {
            string text = string.Concat(pieces);
            IReadOnlyList<string> whole = Read([text]);
            IReadOnlyList<string> cut = Read(Cut(text, cuts));
            return whole.SequenceEqual(cut) && string.Concat(cut) == text && cut.SkipLast(1).All(static s => !string.IsNullOrWhiteSpace(s));
        }));

    private static IEnumerable<string> Cut(string text, int[] lengths)
    {
        int position = 0;
        for (int i = 0; position < text.Length; i++)
        {
            int length = Math.Min(lengths.Length == 0 ? 1 : lengths[i % lengths.Length], text.Length - position);
            yield return text.Substring(position, length);
            position += length;
        }
    }

    private static List<string> Read(IEnumerable<string> chunks)
    {
        StepReader reader = new(StepBoundary.Line);
        List<string> steps = [.. chunks.SelectMany(reader.Append)];
        if (reader.HasText)
        {
            steps.Add(reader.Take());
        }

        return steps;
    }
}
