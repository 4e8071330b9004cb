using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class ExtractiveSetTests
{
    [TestCase("play jazz by ann", "genre=jazz;artist=ann", "jazz@5,ann@13")]
    [TestCase("add one to one", "song=one;list=one", "one@4,one@11", Description = "the same value twice, in the order of the arguments")]
    [TestCase("new york new york", "city=new york;state=new york", "new york@0,new york@9")]
    [TestCase("to b from a", "from=a;to=b", "b@3,a@10")]
    [TestCase("to b from a b", "from=a;to=b", "a@10,b@12", Description = "the order of the arguments before the leftmost place")]
    [TestCase("a art a", "x=a", "a@0")]
    [TestCase("start art", "x=art", "art@6", Description = "whole words only")]
    [TestCase("Play JAZZ, not jazz", "genre=jazz", "jazz@15", Description = "the exact case first")]
    [TestCase("Play JAZZ", "genre=jazz", "JAZZ@5")]
    [TestCase("rate it 4.5 stars", "points=4.5", "4.5@8")]
    [TestCase("x y x", "outer=x y;inner=x", "x y@0,x@4")]
    [TestCase("x x y", "inner=x;outer=x y", "x@0,x y@2")]
    [TestCase("x y x", "inner=x;outer=x y", "x y@0,x@4", Description = "the shorter one gives way")]
    public void Values_become_spans_that_do_not_overlap(string request, string values, string expected)
    {
        ExtractiveExample example = Set(request, values).ToExtractive().Examples.Single();
        Assert.That(string.Join(",", example.Spans.Select(s => $"{example.Value(s)}@{s.Start}")), Is.EqualTo(expected));
    }

    [TestCase("play rock", "genre=jazz", "does not stand")]
    [TestCase("play rocks", "genre=rock", "inside a word")]
    [TestCase("x y", "a=x;b=x", "overlap")]
    public void What_does_not_fit_is_reported_with_its_line(string request, string values, string reason)
    {
        ExtractiveSet set = Set("play jazz", "genre=jazz", request, values).ToExtractive();
        Assert.That(set.Examples, Has.Count.EqualTo(1));
        Assert.That(set.Rejected.Single().Number, Is.EqualTo(2));
        Assert.That(set.Rejected.Single().Reason, Does.Contain(reason));
    }

    [Test]
    public void Answers_that_are_no_single_call_of_texts_are_reported()
    {
        ChatMessage user = new(ChatRole.User, "play jazz");
        TuningSet set = TuningSet.FromExamples(
        [
            new TuningExample("play jazz", """{"tool":"play","args":{"genre":"jazz","year":null}}""") { Line = 1 },
            new TuningExample("play jazz", "Gladly!") { Line = 2 },
            new TuningExample([user, new ChatMessage(ChatRole.Assistant, [Call("genre=jazz"), Call("genre=jazz")])]) { Line = 3 },
            new TuningExample("play jazz", """{"tool":"play","args":{"loud":true}}""") { Line = 4 },
            new TuningExample([user, new ChatMessage(ChatRole.Assistant, [Call("genre=jazz")]), new ChatMessage(ChatRole.Tool, [new FunctionResultContent("c", "ok")]), new ChatMessage(ChatRole.Assistant, [Call("genre=jazz")])]) { Line = 5 },
        ]);
        ExtractiveSet made = set.ToExtractive();
        Assert.That(made.Examples.Select(e => e.Line), Is.EqualTo((int[])[1]));
        Assert.That(made.Rejected.Select(r => r.Number), Is.EqualTo((int[])[2, 3, 4, 5]));
    }

    [Test]
    public void A_closed_set_is_found_by_use_and_its_members_are_classes()
    {
        List<string> lines = [];
        for (int i = 0; i < 10; i++)
        {
            lines.AddRange([$"the lift {i} is stuck", $"device=lift {i};urgency=high", $"please paint door {i}", $"device=door {i};urgency=low"]);
        }

        // Used once: no member, but no reason to give up the set either.
        lines.AddRange(["the roof is gone", "device=roof;urgency=extreme"]);
        ExtractiveSet set = Set([.. lines]).ToExtractive();
        Assert.Multiple(() =>
        {
            Assert.That(set.ClosedSlots.Single(), Has.Property("Slot").EqualTo("urgency").And.Property("Members").EqualTo((string[])["high", "low"]));
            Assert.That(set.Tools.Single().Slots, Is.EqualTo((string[])["device"]));
            Assert.That(set.Examples, Has.Count.EqualTo(20));
            Assert.That(set.Examples[1].Closed["urgency"], Is.EqualTo("low"));
            Assert.That(set.Rejected.Single().Reason, Does.Contain("'extreme'").And.Contain("high, low"));
        });
    }

    [Test]
    public void A_schemas_enum_makes_a_closed_set()
    {
        AIFunctionDeclaration tool = AIFunctionFactory.CreateDeclaration("play", null, System.Text.Json.JsonDocument.Parse("""{"properties":{"mood":{"enum":["calm","wild"]},"genre":{"enum":["jazz","rock"]}}}""").RootElement);
        TuningSet plain = Set("play jazz softly", "genre=jazz;mood=calm", "play rock", "genre=rock");
        ExtractiveSet set = TuningSet.FromExamples(plain.Examples.Select(e => e with { Tools = [tool] })).ToExtractive();
        Assert.That(set.ClosedSlots.Select(c => c.Slot), Is.EqualTo((string[])["mood"]), "every genre stands in its request");
        Assert.That(set.Examples[0].Closed["mood"], Is.EqualTo("calm"));
    }

    [Test]
    public void Closed_sets_that_are_known_are_taken_where_few_examples_show_none()
    {
        TuningSet few = Set("play jazz softly", "genre=jazz;mood=calm", "play rock", "genre=rock;mood=rough");
        ExtractiveSet set = few.ToExtractive([new ClosedSlot("play", "mood", ["calm", "wild"]), new ClosedSlot("stop", "now", ["yes"])]);
        Assert.That(set.Examples.Single().Closed["mood"], Is.EqualTo("calm"));
        Assert.That(set.Rejected.Single().Reason, Does.Contain("'rough'"));
        Assert.That(set.ClosedSlots.Single().Members, Is.EqualTo((string[])["calm", "wild"]), "of the tools that are called");
        Assert.That(() => few.ToExtractive(), Throws.TypeOf<TuningSetException>());
    }

    [Test]
    public void A_slot_that_is_closed_and_stands_in_requests_is_refused()
    {
        ExtractiveExample closed = new("louder", "play", []) { Closed = new Dictionary<string, string> { ["mood"] = "wild" } };
        Assert.That(
            () => ExtractiveSet.FromExamples([closed, new ExtractiveExample("play calm", "play", [new SlotSpan("mood", 5, 4)])]),
            Throws.TypeOf<TuningSetException>().With.Property("Error").EqualTo(TuningSetError.AmbiguousSlot));
        Assert.That(
            () => ExtractiveSet.FromExamples(Enumerable.Range(0, 65).Select(i => closed with { Closed = new Dictionary<string, string> { ["mood"] = $"m{i}" } })),
            Throws.TypeOf<TuningSetException>().With.Property("Error").EqualTo(TuningSetError.TooManySlots));
        Assert.That(
            () => ExtractiveSet.FromExamples([closed with { Closed = new Dictionary<string, string> { ["mood\ud800"] = "wild" } }]),
            Throws.TypeOf<TuningSetException>().With.Property("Error").EqualTo(TuningSetError.AmbiguousSlot));
    }

    [Test]
    public void A_set_in_which_nothing_fits_is_refused() =>
        Assert.That(() => Set("play rock", "genre=jazz").ToExtractive(), Throws.TypeOf<TuningSetException>().With.Message.Contains("Line 1"));

    [Test]
    public void More_slots_than_a_call_can_tell_apart_are_refused()
    {
        string[] names = [.. Enumerable.Range(0, 65).Select(i => $"s{i}")];
        Assert.That(
            () => Set(string.Join(' ', names), string.Join(';', names.Select(n => $"{n}={n}"))).ToExtractive(),
            Throws.TypeOf<TuningSetException>().With.Property("Error").EqualTo(TuningSetError.TooManySlots));
    }

    [Test]
    public void Spans_that_end_inside_a_word_are_extended_and_labelled()
    {
        ExtractiveSet set = ExtractiveSet.FromExamples([new ExtractiveExample("add anns best songs now", "add", [new SlotSpan("artist", 4, 3), new SlotSpan("song", 9, 9)])]);
        ExtractiveExample example = set.Examples.Single();
        Assert.That(example.Spans.Select(example.Value), Is.EqualTo((string[])["anns", "best songs"]));

        // artist begins at label 2, song at 3; 1 is inside, 0 outside.
        Assert.That(ExtractiveSet.Label(example, set.Schema).Labels, Is.EqualTo((int[])[0, 2, 3, 1, 0]));
    }

    [TestCase(3, 3)]
    [TestCase(-1, 2)]
    [TestCase(0, 0)]
    public void A_span_outside_the_request_is_refused(int start, int length) =>
        Assert.That(() => new ExtractiveExample("abcd", "t", [new SlotSpan("s", start, length)]), Throws.ArgumentException);

    [Test]
    public async Task The_samples_calls_fit()
    {
        TuningSet set = await TuningSet.ReadAsync(Path.Combine(SharedData.RepositoryRoot, "samples", "Assistant", "data", "snips-dev.jsonl"));
        ExtractiveSet made = set.ToExtractive();
        Assert.Multiple(() =>
        {
            Assert.That(made.Examples, Has.Count.GreaterThan(680));
            Assert.That(made.Examples.Count + made.Rejected.Count, Is.EqualTo(set.Examples.Count));
            Assert.That(made.ClosedSlots, Is.Empty, "every value stands in its request");
            Assert.That(made.Tools, Has.Count.EqualTo(7));
        });
    }

    internal static TuningSet Set(params string[] requestsAndValues) => TuningSet.FromExamples(requestsAndValues.Chunk(2).Select((pair, i) =>
        new TuningExample([new ChatMessage(ChatRole.User, pair[0]), new ChatMessage(ChatRole.Assistant, [Call(pair[1])])]) { Line = i + 1 }));

    private static FunctionCallContent Call(string values) => new("c", "play", values.Split(';').Select(v => v.Split('=')).ToDictionary(v => v[0], v => (object?)v[1]));
}
