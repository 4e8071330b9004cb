using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class GroundingScorerTests
{
    private static readonly RetrievedPassage[] Passages =
    [
        new("fees", "Card fees", "The annual fee of the Silver card is $1,250.50. Foreign purchases are charged 2.5%.", 1),
        new("lost", "Lost cards", "A lost card is blocked at once. Maria Keller signs the replacement on 3 March 2024.", 1),
    ];

    [TestCase("The annual fee of the Silver card is 1250.5 dollars [1].", 0.6, 1)]
    [TestCase("Lost cards are blocked at once [2].", 0.9, 1)]
    [TestCase("The annual fee of the Silver card is $1,260.50.", 0, 0)]
    [TestCase("The replacement is signed by Peter.", 0, 0)]
    [TestCase("The replacement is signed by Maria on 4 March 2024.", 0, 0)]
    [TestCase("Elephants migrate across dry savannahs.", 0, 0.1)]
    [TestCase("", 1, 1)]
    [TestCase("Yes.", 1, 1)]
    public async Task Claims_are_scored_by_what_the_passages_hold(string answer, double least, double most) =>
        Assert.That((await new GroundingScorer().ScoreAsync(answer, Passages)).Score, Is.InRange(least, most));

    [Test]
    public async Task Each_claim_says_which_passage_or_what_is_missing()
    {
        GroundingResult result = await new GroundingScorer().ScoreAsync("A lost card is blocked at once [2]. It costs 77 dollars.", Passages);
        Assert.That(result.Claims.Select(static c => (c.Text, c.PassageIndex, c.Reason is null)), Is.EqualTo(new[] { ("A lost card is blocked at once .", 1, true), ("It costs 77 dollars.", -1, false) }));
        Assert.That(result.Reasons, Is.EqualTo(new[] { "\"It costs 77 dollars.\": the number 77 stands in no passage" }));
    }

    [Test]
    public async Task What_the_question_says_may_be_repeated()
    {
        const string answer = "For Peter and 300 the foreign purchases are charged 2.5%.";
        Assert.That((await new GroundingScorer().ScoreAsync(answer, Passages)).Score, Is.Zero);
        Assert.That((await new GroundingScorer().ScoreAsync(answer, Passages, "I am Peter and spend 300 abroad.")).Score, Is.GreaterThan(0.5));
    }

    [Test]
    public async Task Embeddings_support_what_is_said_alike()
    {
        using HashedEmbeddingGenerator generator = new();
        double words = (await new GroundingScorer().ScoreAsync("elephants savannah", [new("d", "", "savannah elephants and lions", 1)])).Score;
        double both = (await new GroundingScorer(generator).ScoreAsync("elephants savannah", [new("d", "", "savannah elephants and lions", 1)])).Score;
        Assert.That(both, Is.GreaterThanOrEqualTo(words));
        Assert.That(generator.TextCount, Is.EqualTo(2));
    }

    [Test]
    public async Task Without_passages_nothing_is_supported() =>
        Assert.That((await new GroundingScorer().ScoreAsync("The fee is high.", [])).Score, Is.Zero);
}
