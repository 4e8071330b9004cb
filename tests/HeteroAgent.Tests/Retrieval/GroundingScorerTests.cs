using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
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
    [TestCase("1. The annual fee is $1,250.50.", 1, 1)]
    [TestCase("The replacement is signed on the 3rd of March 2024.", 1, 1)]
    [TestCase("The annual fee of the Silver card is $125,050.", 0, 0)]
    [TestCase("Lost Silver cards are blocked at once.", 0, 0.49)]
    [TestCase("Send 1e999 or 1,234.5.6 coins.", 0, 0)]
    public async Task Claims_are_scored_by_what_the_passages_hold(string answer, double least, double most) =>
        Assert.That((await new GroundingScorer().ScoreAsync(answer, Passages)).Score, Is.InRange(least, most));

    [Test]
    public async Task Each_claim_says_which_passage_or_what_is_missing()
    {
        GroundingResult result = await new GroundingScorer().ScoreAsync("A lost card is blocked at once [2]. It costs 77 dollars.", Passages);
        Assert.That(result.Claims.Select(static c => (c.Text, c.PassageIndex, c.Reason is null)), Is.EqualTo(new[] { ("A lost card is blocked at once.", 1, true), ("It costs 77 dollars.", -1, false) }));
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
        double? words = (await new GroundingScorer().ScoreAsync("elephants savannah", [new("d", "", "savannah elephants and lions", 1)])).Score;
        double? both = (await new GroundingScorer(generator).ScoreAsync("elephants savannah", [new("d", "", "savannah elephants and lions", 1)])).Score;
        Assert.That(both, Is.GreaterThanOrEqualTo(words!.Value));
        Assert.That(generator.TextCount, Is.EqualTo(2));
    }

    [Test]
    public async Task Without_passages_nothing_is_supported() =>
        Assert.That((await new GroundingScorer().ScoreAsync("The fee is high.", [])).Score, Is.Zero);

    [TestCase("")]
    [TestCase("Yes.")]
    [TestCase("Hello! Would you like to know the fee of 77 dollars?")]
    public async Task What_claims_nothing_has_no_score(string answer) =>
        Assert.That((await new GroundingScorer().ScoreAsync(answer, Passages)).Score, Is.Null);

    [Test]
    public async Task Numbers_and_names_of_a_claim_must_stand_together_or_be_cited_together()
    {
        const string Claim = "The Silver card is signed by Maria";
        GroundingResult apart = await new GroundingScorer().ScoreAsync(Claim + ".", Passages);
        Assert.That(apart.Reasons, Is.EqualTo(new[] { $"\"{Claim}.\": no one passage has the name Silver and the name Maria" }));
        Assert.That((await new GroundingScorer().ScoreAsync(Claim + " [1][2].", Passages)).Score, Is.GreaterThan(0.5));
        Assert.That((await new GroundingScorer().ScoreAsync(Claim + ". [1, 2] It is.", Passages)).Claims[0].Reason, Is.Null);
        Assert.That((await new GroundingScorer().ScoreAsync(Claim + ".", [.. Passages.Select(static p => p with { DocumentId = "one" })])).Score, Is.GreaterThan(0.5));
    }

    [Test]
    public void Any_text_gets_a_score_in_range() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), ArbMap.Default.ArbFor<NonNull<string>>(), static (answer, passage) =>
        {
            GroundingResult result = new GroundingScorer().ScoreAsync(answer.Get, [new("d", "", passage.Get, 1)]).AsTask().GetAwaiter().GetResult();
            return result.Score is null or (>= 0 and <= 1) && result.Claims.All(static c => c.Support is >= 0 and <= 1 && (c.Reason is null) == (c.Support >= 0.5));
        }).QuickCheckThrowOnFailure();

    [Test]
    public async Task A_megabyte_without_an_end_is_scored()
    {
        GroundingScorer scorer = new();
        foreach (string piece in new[] { "a", " ", "[1", "1,", "` ", "x." })
        {
            string answer = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
            Assert.That((await scorer.ScoreAsync(answer, Passages)).Score, Is.Null.Or.InRange(0, 1), piece);
        }
    }

    [Test]
    public async Task Sentences_of_a_bank_are_grounded_in_their_own_document_and_not_with_another_number()
    {
        string folder = SharedData.Require("data", "tau2-banking", "documents");
        GroundingScorer scorer = new();
        RetrievedPassage[] documents = [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Take(60).Select(static f =>
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllText(f));
            return new RetrievedPassage(json.RootElement.GetProperty("id").GetString()!, json.RootElement.GetProperty("title").GetString()!, json.RootElement.GetProperty("content").GetString()!, 1);
        })];
        int claims = 0, changed = 0, foreign = 0, foreignSupported = 0;
        for (int i = 0; i < documents.Length; i++)
        {
            GroundingResult own = await scorer.ScoreAsync(documents[i].Text, [documents[i]]);
            claims += own.Claims.Count;
            Assert.That(own.Reasons, Is.Empty, documents[i].Title);
            foreach (string claim in own.Claims.Select(static c => c.Text).Where(static t => t.Length > 4 && t.AsSpan(4).ContainsAnyInRange('1', '9')))
            {
                int digit = claim.AsSpan(4).IndexOfAnyInRange('1', '9') + 4;
                GroundedClaim other = (await scorer.ScoreAsync(claim.Insert(digit, "98765"), [documents[i]])).Claims.Single();
                Assert.That(other.Reason, Is.Not.Null, other.Text);
                changed++;
            }

            GroundingResult elsewhere = await scorer.ScoreAsync(documents[i].Text, [documents[(i + 30) % documents.Length]]);
            foreign += elsewhere.Claims.Count;
            foreignSupported += elsewhere.Claims.Count(static c => c.Reason is null);
        }

        TestContext.Out.WriteLine($"{claims} claims, {changed} with another number; {foreignSupported} of {foreign} supported by another document");
        Assert.That((claims, changed), Is.GreaterThan((300, 100)));
        Assert.That(foreignSupported, Is.LessThan(foreign / 4));
    }
}
