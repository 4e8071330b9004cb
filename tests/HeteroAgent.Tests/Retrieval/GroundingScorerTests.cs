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
        new("fees", "Card fees", "The annual fee of the Silver card is $95. Foreign transactions cost 2.5 percent. Orders above $1,000 ship free.", 1),
        new("lost", "Lost cards", "Report a stolen card at once. We block it and send a replacement within three days. Dana Whitfield leads the fraud team.", 1),
    ];

    [TestCase("The Silver card has an annual fee of $95.", 1)]
    [TestCase("The annual fee is 95.00 dollars for the Silver card.", 1)]
    [TestCase("1. Foreign transactions cost 2.5 %.", 1)]
    [TestCase("Orders above 1000 are shipped free.", 1)]
    [TestCase("Stolen cards are blocked, and replacements sent within 3 days.", 2)]
    [TestCase("The fraud team is led by Dana Whitfield.", 2)]
    public async Task A_claim_that_a_passage_makes_is_supported(string claim, int passage)
    {
        GroundedClaim found = (await new GroundingScorer().ScoreAsync(claim, Passages)).Claims.Single();
        Assert.That((found.IsSupported, found.Passage), Is.EqualTo((true, passage)), $"{found.Support}: {found.Reason}");
    }

    [TestCase("The annual fee of the Silver card is $96.", "96 occurs in no passage")]
    [TestCase("The annual fee of the Gold card is $95.", "Gold occurs in no passage")]
    [TestCase("The fraud team is led by Dana Whitman.", "Whitman occurs in no passage")]
    [TestCase("The Silver card is replaced within 3 days.", "no one passage has Silver, 3")]
    [TestCase("Customers love bright colours on their phone.", "passages support 0 of it, less than 0.5")]
    [TestCase("Send 1e999 or 1,234.5.6 coins for the 5GB card.", "1e999, 1,234.5.6, 5GB occur in no passage")]
    public async Task A_claim_that_no_passage_makes_has_a_reason(string claim, string reason)
    {
        GroundingResult result = await new GroundingScorer().ScoreAsync(claim, Passages);
        Assert.That(result.Reasons.Single(), Is.EqualTo($"\"{claim}\": {reason}"));
        Assert.That(result.Score, Is.LessThan(0.5));
    }

    [Test]
    public async Task A_citation_lets_passages_support_a_claim_together()
    {
        const string Claim = "The Silver card costs $95 and is replaced within 3 days";
        Assert.That((await new GroundingScorer().ScoreAsync(Claim + ".", Passages)).Claims[0].IsSupported, Is.False);
        Assert.That((await new GroundingScorer().ScoreAsync(Claim + " [1][2].", Passages)).Claims[0].IsSupported, Is.True);
        Assert.That((await new GroundingScorer().ScoreAsync(Claim + ". [1, 2] It does.", Passages)).Claims[0].IsSupported, Is.True);
    }

    [Test]
    public async Task The_question_may_name_what_no_passage_names()
    {
        const string Claim = "Your order 1042 ships free, Ms Okafor.";
        Assert.That((await new GroundingScorer().ScoreAsync(Claim, Passages)).Score, Is.Zero);
        Assert.That((await new GroundingScorer().ScoreAsync(Claim, Passages, "I am Ms Okafor. What of order 1042?")).Score, Is.GreaterThan(0));
    }

    [TestCase("")]
    [TestCase("Hello!")]
    [TestCase("Yes. Would you like to know more about the fee?")]
    public async Task What_claims_nothing_has_no_score(string answer) =>
        Assert.That((await new GroundingScorer().ScoreAsync(answer, Passages)).Score, Is.Null);

    [Test]
    public async Task Without_passages_nothing_is_supported()
    {
        GroundingResult result = await new GroundingScorer { SupportThreshold = 0 }.ScoreAsync("The fee is low.", []);
        Assert.That((result.Score, result.Reasons.Single()), Is.EqualTo(((double?)0, "\"The fee is low.\": there is no passage")));
    }

    [Test]
    public async Task Embeddings_support_other_words_but_no_other_number()
    {
        // The model thinks that all texts mean the same.
        using HashedEmbeddingGenerator alike = new(dimensions: 1);
        GroundingScorer scorer = new(alike);
        GroundingResult result = await scorer.ScoreAsync("Customers pay nothing more extra. It takes 77 long weeks.", Passages);
        Assert.That(result.Claims.Select(static c => c.IsSupported), Is.EqualTo(new[] { true, false }));
    }

    [Test]
    public void Any_text_gets_a_score_in_range_and_claims_at_their_places() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), ArbMap.Default.ArbFor<NonNull<string>>(), static (answer, passage) =>
        {
            GroundingResult result = new GroundingScorer().ScoreAsync(answer.Get, [new("d", "", passage.Get, 1)]).AsTask().GetAwaiter().GetResult();
            return result.Score is null or (>= 0 and <= 1)
                && result.Claims.All(c => c.Support is >= 0 and <= 1 && c.Start >= 0 && c.Start + c.Text.Length <= answer.Get.Length && c.IsSupported == (c.Support >= 0.5));
        }).QuickCheckThrowOnFailure();

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
            foreach (GroundedClaim claim in own.Claims.Where(static c => c.Text.Length > 4 && c.Text.AsSpan(4).ContainsAnyInRange('1', '9')))
            {
                int digit = claim.Text.AsSpan(4).IndexOfAnyInRange('1', '9') + 4;
                GroundedClaim other = (await scorer.ScoreAsync(claim.Text.Insert(digit, "98765"), [documents[i]])).Claims.Single();
                Assert.That(other.IsSupported, Is.False, other.Text);
                changed++;
            }

            GroundingResult elsewhere = await scorer.ScoreAsync(documents[i].Text, [documents[(i + 30) % documents.Length]]);
            foreign += elsewhere.Claims.Count;
            foreignSupported += elsewhere.Claims.Count(static c => c.IsSupported);
        }

        TestContext.Out.WriteLine($"{claims} claims, {changed} with another number; {foreignSupported} of {foreign} supported by another document");
        Assert.That(claims, Is.GreaterThan(300));
        Assert.That(foreignSupported, Is.LessThan(foreign / 4));
    }
}
