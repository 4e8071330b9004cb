using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class PassageChunkerTests
{
    private static readonly Gen<string> Texts = Gen.Elements(
        "# Fees\n", "## Annual fee\n\n", "The fee is $95.50. ", "Dr. Smith pays 2.5 percent! ", "- one\n- two\n", "\n\n", " \t ", "word ", "ünïcode ", "😀😀😀", "中文句子。", "```\n# no heading\n\ncode\n```\n", new string('x', 90), "\r\n", "Why? ").ListOf().Select(string.Concat);

    private static readonly Gen<(string Text, int MaxLength, int Overlap)> Cases =
        from text in Texts from length in Gen.Choose(1, 120) from overlap in Gen.Choose(0, 60) select (text, length, overlap);

    [Test]
    public void Every_character_is_covered_in_order_and_stands_where_it_is_said_to() =>
        Prop.ForAll(Cases.ToArbitrary(), static c =>
        {
            IReadOnlyList<Passage> passages = new PassageChunker { MaxLength = c.MaxLength, Overlap = c.Overlap }.Split(new("d", "t", c.Text));
            bool[] covered = new bool[c.Text.Length];
            int start = -1;
            int end = 0;
            foreach (Passage passage in passages)
            {
                if (passage.Start <= start || passage.End <= end || passage.Title != "t" || passage.Text.Trim() != passage.Text || c.Text[passage.Start..passage.End] != passage.Text)
                {
                    return false;
                }

                (start, end) = (passage.Start, passage.End);
                covered.AsSpan(passage.Start, passage.Text.Length).Fill(true);
            }

            return c.Text.Index().All(i => covered[i.Index] || char.IsWhiteSpace(i.Item));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Test]
    public void No_passage_is_longer_than_allowed_or_splits_a_character() =>
        Prop.ForAll(Cases.ToArbitrary(), static c => new PassageChunker { MaxLength = c.MaxLength, Overlap = c.Overlap }.Split(new("d", "t", c.Text))
            .All(p => (p.Text.Length <= c.MaxLength || (p.Text.Length == 2 && char.IsHighSurrogate(p.Text[0]))) && !char.IsLowSurrogate(p.Text[0]) && !char.IsHighSurrogate(p.Text[^1])))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Test]
    public void A_token_count_can_measure() =>
        Prop.ForAll(Cases.ToArbitrary(), static c =>
        {
            static int Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
            return new PassageChunker { MaxLength = c.MaxLength, Overlap = c.Overlap, Measure = Words }.Split(new("d", "", c.Text)).All(p => Words(p.Text) <= c.MaxLength);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Test]
    public void A_short_document_stays_whole() =>
        Assert.That(new PassageChunker().Split(new("d", "t", "\n # A\ntext\n\n# B\ntext \n")).Select(static p => (p.Start, p.Text)), Is.EqualTo(new[] { (2, "# A\ntext\n\n# B\ntext") }));

    [Test]
    public void Sections_are_cut_at_their_headings_and_know_those_above()
    {
        const string text = "# Card\n\nIntroduction of the card.\n\n## Fees\n\nThe fee is 95.\n\n## Limits\n\nThe limit is 5000. It grows slowly.";
        IReadOnlyList<Passage> passages = new PassageChunker { MaxLength = 42, Overlap = 0 }.Split(new("d", "t", text));
        Assert.That(passages.Select(static p => (p.Heading, p.Text)), Is.EqualTo(new[]
        {
            ("", "# Card\n\nIntroduction of the card."), ("Card", "## Fees\n\nThe fee is 95."), ("Card", "## Limits\n\nThe limit is 5000."), ("Card > Limits", "It grows slowly."),
        }));
        Assert.That(passages[3].InContext, Is.EqualTo("t\nCard > Limits\nIt grows slowly."));
    }

    [Test]
    public void A_long_section_repeats_the_end_of_what_came_before()
    {
        string text = string.Join(' ', Enumerable.Range(10, 40).Select(static i => $"Sentence {i}."));
        IReadOnlyList<Passage> passages = new PassageChunker { MaxLength = 100, Overlap = 15 }.Split(new("d", "", text));
        Assert.That(passages.Zip(passages.Skip(1)), Is.All.Matches<(Passage First, Passage Second)>(static p => p.Second.Start < p.First.End && p.Second.Text.StartsWith("Sentence", StringComparison.Ordinal)));
    }

    [Test]
    public void Bad_settings_are_refused()
    {
        Assert.That(static () => new PassageChunker { MaxLength = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(static () => new PassageChunker { Overlap = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(static () => new PassageChunker().Split(null!), Throws.ArgumentNullException);
    }
}
