using System.Text.Json;
using Microsoft.Extensions.AI;
using NUnit.Framework;
using DescriptionAttribute = System.ComponentModel.DescriptionAttribute;

namespace HeteroAgent.LlamaCpp.Tests;

public class GrammarStateTests
{
    private sealed record Ticket(string Title, int Priority, double? Score, DayOfWeek? Day, string[] Tags, Ticket? Parent, Dictionary<string, string>? Other = null);

    [Test]
    public void Clones_go_their_own_way()
    {
        GrammarState state = Schemas.Compile("""{"enum":["ab","ac"]}""").CreateState(TestVocabulary.Default);
        Assert.That(state.TryAcceptBytes("\"a"u8), Is.True);
        GrammarState clone = state.Clone();
        Assert.That(clone.TryAcceptBytes("b\""u8), Is.True);
        Assert.That(clone.MustEnd, Is.True);
        Assert.That(state.IsComplete, Is.False);
        Assert.That(state.TryAcceptBytes("c\""u8), Is.True);
    }

    [Test]
    public void As_a_constraint_it_refuses_to_advance_by_what_it_does_not_accept()
    {
        ITokenConstraint constraint = Schemas.Compile("""{"type":"boolean"}""").CreateState(TestVocabulary.Default);
        Assert.That(constraint.IsFree, Is.False);
        Assert.That(constraint.Accepts(3 + 't', 4), Is.True);
        Assert.That(constraint.Accepts(3 + 't', 3), Is.False);
        Assert.That(constraint.Accepts(3 + 'x', 4), Is.False);
        Assert.That(() => constraint.Advance(3 + 'x'), Throws.ArgumentException);
        constraint.Advance(3 + 't');
        Assert.That(constraint.MustEnd, Is.False);
    }

    [Test]
    public void States_of_one_grammar_run_at_the_same_time()
    {
        // A vocabulary of its own, so that the masks are computed while others read them.
        TokenVocabulary vocabulary = TestVocabulary.Create(["walk"]);
        JsonGrammar grammar = JsonGrammar.AnyJson;
        string[] texts = new string[200];
        Parallel.For(0, texts.Length, i => texts[i] = RandomWalk.Run(grammar.CreateState(vocabulary), new Random(i), 60).Text);
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.That(RandomWalk.Run(grammar.CreateState(vocabulary), new Random(i), 60).Text, Is.EqualTo(texts[i]));
        }
    }

    [Test]
    public void Schemas_that_the_abstractions_make_are_supported()
    {
        AIFunction function = AIFunctionFactory.Create(
            ([Description("a ticket")] Ticket ticket, int count, double? share, bool flag = true, string text = "x") => ticket.Title + count + share + flag + text,
            "file_ticket");
        JsonGrammar call = ToolCallGrammar.One([new("file_ticket", function.JsonSchema)]);
        JsonElement arguments = Schemas.Parse("""{"ticket":{"title":"t","priority":1,"score":null,"day":null,"tags":[],"parent":null},"count":2,"share":0.5}""");
        Assert.That(call.Allows($$"""{"name":"file_ticket","arguments":{{arguments.GetRawText()}}}"""), Is.True, function.JsonSchema.GetRawText());
    }
}
