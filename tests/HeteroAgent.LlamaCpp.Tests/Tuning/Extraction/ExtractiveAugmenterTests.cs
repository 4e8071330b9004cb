using FsCheck;
using FsCheck.Fluent;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class ExtractiveAugmenterTests
{
    private static readonly ExtractiveAugmentation Always = new()
    {
        SwapShare = 1,
        SwapRate = 1,
        Crossing = 1,
        Noise = 1,
        TypingErrors = 1,
    };

    [Test]
    public void Whatever_is_varied_spans_are_whole_words_of_values_of_their_slots()
    {
        // Pieces that meet without a space, scripts without case and characters of two units are the hard part.
        string[] words = ["add", "the", "Ünal", "x", "5", "Über", "don't", "東京", "😀", "a-b", "e\u0301t", "u.s.", "İstanbul", "ﬁn"];
        string[] gaps = [" ", "", "  ", ", ", "'", "_"];
        Gen<(string Text, string? Slot)> piece =
            from text in Gen.Elements(words).NonEmptyListOf().Select(l => string.Join(' ', l.Take(3)))
            from slot in Gen.Elements<string?>(null, null, "a", "b", "c")
            from gap in Gen.Elements(gaps)
            select (slot is null ? gap + text + gap : text, slot);
        Gen<ExtractiveExample[]> sets = piece.NonEmptyListOf().Select(Build).NonEmptyListOf().Select(l => l.ToArray());
        Prop.ForAll(sets.ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (examples, seed) =>
        {
            ExtractiveSet set = ExtractiveSet.FromExamples([.. examples, new ExtractiveExample("x", "t", [])]);
            HashSet<(string, string)> values = [.. set.Examples.SelectMany(e => e.Spans.Select(s => (s.Slot, e.Value(s).ToLowerInvariant())))];
            ExtractiveAugmenter augmenter = new(set, Always, seed);
            return Enumerable.Range(0, set.Examples.Count).All(i => augmenter.Augment(i, 3).Example is var e
                && e.Spans.All(s => values.Contains((s.Slot, e.Value(s).ToLowerInvariant())))
                && SpanAlignment.IsAligned(e, set.Schema.Words.Split(e.Request))
                && e.Spans.Zip(e.Spans.Skip(1)).All(p => p.First.End <= p.Second.Start)
                && e.Tool == set.Examples[i].Tool
                && ExtractiveSet.Label(e, set.Schema).Labels.Count(l => l >= ExtractionSchema.FirstSlot) == e.Spans.Count);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

        static ExtractiveExample Build(IEnumerable<(string Text, string? Slot)> pieces)
        {
            List<SlotSpan> spans = [];
            string request = "";
            foreach ((string text, string? slot) in pieces)
            {
                if (slot is not null)
                {
                    spans.Add(new SlotSpan(slot, request.Length, text.Length));
                }

                request += text;
            }

            return new ExtractiveExample(request, "t", spans);
        }
    }

    [Test]
    public void An_epoch_can_be_made_again_and_another_differs()
    {
        ExtractiveSet set = Snips();
        ExtractiveAugmenter augmenter = new(set, null, seed: 5);
        string[] Epoch(ExtractiveAugmenter from, int epoch) => [.. Enumerable.Range(0, set.Examples.Count).Select(i => Text(from.Augment(i, epoch)))];
        string[] first = Epoch(augmenter, 1);
        Assert.Multiple(() =>
        {
            Assert.That(Epoch(new ExtractiveAugmenter(set, null, seed: 5), 1), Is.EqualTo(first));
            Assert.That(Epoch(augmenter, 2).Zip(first).Count(p => p.First == p.Second), Is.LessThan(first.Length / 3));
            Assert.That(Epoch(new ExtractiveAugmenter(set, null, seed: 6), 1), Is.Not.EqualTo(first));
        });

        static string Text(AugmentedExample e) => $"{e.Example.Request}|{string.Join(',', e.Example.Spans)}|{e.Seed}|{e.MergeDropout}|{e.UnknownWords}";
    }

    [Test]
    public void Each_variation_happens_about_as_often_as_asked()
    {
        ExtractiveSet set = Snips();
        double Share(ExtractiveAugmentation options, Func<ExtractiveExample, AugmentedExample, bool> counts)
        {
            ExtractiveAugmenter augmenter = new(set, options, seed: 1);
            return Enumerable.Range(0, set.Examples.Count).Average(i => counts(set.Examples[i], augmenter.Augment(i, 0)) ? 1.0 : 0);
        }

        ExtractiveAugmentation Only(Action<ExtractiveAugmentation> set)
        {
            ExtractiveAugmentation options = ExtractiveAugmentation.None;
            set(options);
            return options;
        }

        static bool Changed(ExtractiveExample was, AugmentedExample now) => was.Request != now.Example.Request;
        Assert.Multiple(() =>
        {
            Assert.That(Share(ExtractiveAugmentation.None, Changed), Is.Zero);
            Assert.That(Share(Only(o => o.TypingErrors = 0.25), Changed), Is.EqualTo(0.25).Within(0.05));
            Assert.That(Share(Only(o => o.SwapShare = 0.6), Changed), Is.InRange(0.4, 0.6));
            Assert.That(Share(Only(o => o.Crossing = 0.3), Changed), Is.InRange(0.2, 0.32));
            Assert.That(Share(Only(o => (o.Noise, o.NoiseLowerCase) = (0.4, 1)), (_, e) => e.Example.Request.All(c => !char.IsUpper(c))), Is.GreaterThan(0.4));
            Assert.That(Share(new ExtractiveAugmentation(), (_, e) => e.MergeDropout == 0.12), Is.EqualTo(0.5).Within(0.06));
            Assert.That(Share(new ExtractiveAugmentation(), (_, e) => e.UnknownWords == 0.05), Is.EqualTo(0.5).Within(0.06));
        });
    }

    [Test]
    public void A_typing_error_is_one_edit_in_a_word_outside_the_values()
    {
        Random random = new(1);
        foreach (ExtractiveExample example in Snips().Examples)
        {
            ExtractiveExample wrong = TypingError.Apply(example, random);
            Assert.That(wrong.Spans.Select(wrong.Value), Is.EqualTo(example.Spans.Select(example.Value)));
            Assert.That(Math.Abs(wrong.Request.Length - example.Request.Length), Is.LessThanOrEqualTo(1));
            int same = example.Request.Zip(wrong.Request).TakeWhile(p => p.First == p.Second).Count();
            int end = example.Request.Reverse().Zip(wrong.Request.Reverse()).TakeWhile(p => p.First == p.Second).Count();
            Assert.That(example.Request.Length - same - end, Is.LessThanOrEqualTo(2), $"{example.Request} -> {wrong.Request}");
        }

        Assert.That(TypingError.Apply(new ExtractiveExample("play it", "t", [new SlotSpan("s", 0, 4)]), random).Request, Is.EqualTo("play it"), "no word of three letters outside the values");
        string first = TypingError.Apply(new ExtractiveExample("play jazz", "t", []), new Random(9)).Request;
        Assert.That(TypingError.Apply(new ExtractiveExample("play jazz", "t", []), new Random(9)).Request, Is.EqualTo(first));
    }

    [TestCase(-0.1)]
    [TestCase(1.1)]
    [TestCase(double.NaN)]
    public void What_is_no_probability_is_refused(double value) =>
        Assert.That(() => new ExtractiveAugmenter(ExtractiveSetTests.Set("play jazz", "g=jazz").ToExtractive(), new ExtractiveAugmentation { Crossing = value }, 1), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Crossing"));

    private static ExtractiveSet Snips() =>
        TuningSet.ReadAsync(Path.Combine(SharedData.RepositoryRoot, "samples", "Assistant", "data", "snips-dev.jsonl")).GetAwaiter().GetResult().ToExtractive();
}
